"""Comments on the wire, and as other rooms hold them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from stoa.modules.users.schemas import PublicUser
from stoa.shared.pagination import LONGEST_CURSOR, PageQuery
from stoa.shared.text import clean_lines

LONGEST = 10_000
DEEPEST = 4
ANSWERS_SHOWN = 200
EXCERPT = 140
Status = Literal["visible", "held", "rejected", "deleted"]
Sort = Literal["oldest", "newest"]


def _not_blank(value: str) -> str:
    if not value:
        raise ValueError("must not be blank")
    return value


Body = Annotated[
    str,
    StringConstraints(max_length=LONGEST),
    AfterValidator(clean_lines),
    AfterValidator(_not_blank),
    Field(description="Markdown: emphasis, links, lists, quotes, code. No headings, pictures or HTML."),
]


class CommentIn(BaseModel):
    """A new comment; with `parent_id` it answers another one of the same article."""

    model_config = ConfigDict(extra="forbid")

    body: Body
    parent_id: UUID | None = None


class CommentChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    body: Body


class CommentOut(BaseModel):
    """One comment. Of what is not shown to the reader only its place is told, as `deleted`, while it has answers."""

    id: UUID
    parent_id: UUID | None
    depth: int = Field(description="0 for a first comment, at most 4 for display.")
    status: Status
    version: int
    created_at: datetime
    edited_at: datetime | None
    author: PublicUser | None = Field(description="Null for a guest's, and for a gap.")
    guest_name: str | None
    guest_url: str | None
    body: str | None = Field(description="The Markdown; null for a gap.")
    html: str | None = Field(description="Sanitised; null for a gap.")


class ThreadComment(CommentOut):
    more_answers: bool = Field(
        default=False, description="On a first comment: it has more answers than are listed, at `/replies`."
    )


class CommentThreads(BaseModel):
    """A page of threads, each first comment followed by its answers in the order they are read."""

    items: list[ThreadComment]
    total: int = Field(description="All comments that everybody sees.")
    limit: int
    next_cursor: str | None


class FoundTerm(BaseModel):
    """Words that count against a text, at `text[start:end]` of its Markdown, in characters."""

    text: str
    kind: str
    start: int
    end: int


class GuardJudgement(BaseModel):
    """What the site's guard found in a text."""

    is_cause: bool = Field(description="The guard held it; false: it waited by a rule already.")
    reason: str
    kinds: dict[str, float] = Field(description="0 to 1 for each kind, such as `insult` or `spam`.")
    terms: list[FoundTerm]


class QueuedComment(CommentOut):
    """As those see it who moderate: with why it is held, and where it stands."""

    reason: str | None
    score: float | None
    terms: list[str]
    judgement: GuardJudgement | None = Field(description="Null where the site's guard found nothing in this text.")
    article: dict[str, str]
    moderated_at: datetime | None
    deleted_at: datetime | None


class ThreadsQuery(BaseModel):
    """The query string of the comments of an article."""

    model_config = ConfigDict(frozen=True)

    sort: Annotated[Sort, Field(description="By the time of the first comment of each thread.")] = "oldest"
    limit: Annotated[int, Field(ge=1, le=50, description="Threads in one answer.")] = 20
    cursor: Annotated[
        Annotated[str, Field(max_length=LONGEST_CURSOR)] | None,
        BeforeValidator(lambda value: value or None),
        Field(description="The `next_cursor` of the page before; empty: the first page."),
    ] = None


class RepliesQuery(BaseModel):
    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=ANSWERS_SHOWN, description="Answers in one page.")] = 100
    cursor: Annotated[
        Annotated[str, Field(max_length=LONGEST_CURSOR)] | None,
        BeforeValidator(lambda value: value or None),
        Field(description="The `next_cursor` of the page before; empty: the first page."),
    ] = None


class CommentQuery(PageQuery):
    """The query string of the queue."""

    status: Annotated[Status, Field(description="`deleted` is the bin.")] = "held"
    mine: Annotated[bool, Field(description="What I wrote, instead of what I moderate.")] = False
    article: Annotated[str | None, StringConstraints(max_length=120), Field(description="Slug of an article.")] = None


@dataclass(frozen=True, slots=True)
class CommentAbout:
    """What notices say of a comment. `excerpt` is plain text of at most 140 characters; nobody is None."""

    comment_id: UUID
    article_id: UUID
    article_slug: str
    article_title: str
    article_author_id: UUID
    writer_id: UUID | None
    writer_name: str
    parent_writer_id: UUID | None
    status: Status
    excerpt: str


@dataclass(frozen=True, slots=True)
class Threads:
    """A page of threads in reading order. `also` is what else was read of the article in the same statement."""

    items: list[dict[str, Any]]
    total: int
    next_cursor: str | None
    has_comments: bool
    article_author_id: UUID
    also: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SavedComment:
    id: UUID
    status: Literal["visible", "held", "rejected"]
    version: int
