"""What is asked of search and what it answers, between modules."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import Literal
from uuid import UUID

LONGEST_SEARCH = 200
MOST_WORDS = 24
DEEPEST = 1_000

Sort = Literal["rank", "published_at"]
Order = Literal["asc", "desc"]


class Reach(IntEnum):
    """Who may read an article; a greater number, more people."""

    STAFF = 0
    MEMBERS = 1
    PUBLIC = 2


class Audience(Enum):
    """For whom is searched. `MEMBERS` see what everybody sees and what is for members; `STAFF` see drafts too."""

    PUBLIC = Reach.PUBLIC
    MEMBERS = Reach.MEMBERS
    STAFF = Reach.STAFF


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """All that search needs of an article. `text` is plain text, without markup."""

    article_id: UUID
    title: str
    text: str
    language: str
    author_id: UUID
    published_at: datetime | None
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """`words` in the syntax of web searches. Dates are of publication, `to_date` excluded. `tags` are slugs."""

    words: str
    audience: Audience = Audience.PUBLIC
    author: str | None = None
    author_id: UUID | None = None
    tags: tuple[str, ...] = ()
    all_tags: bool = False
    kind: str | None = None
    from_date: datetime | None = None
    to_date: datetime | None = None
    statuses: tuple[str, ...] = ()
    sort: Sort = "rank"
    order: Order = "desc"
    limit: int = 20
    skip: int = 0
    count: bool = False
    forgive: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A found article. `title` and `text` are safe HTML with the found words in `<mark>`."""

    article_id: UUID
    rank: float
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SearchHits:
    """One page, best first. `corrected` is what was searched for instead when the words themselves found nothing."""

    hits: tuple[Hit, ...]
    has_more: bool = False
    total: int | None = None
    corrected: str | None = None


def reach_of(status: str, visibility: str, *, is_deleted: bool = False) -> Reach:
    """Who may read an article of that status and visibility."""
    if is_deleted or status != "published":
        return Reach.STAFF
    return Reach.PUBLIC if visibility == "public" else Reach.MEMBERS
