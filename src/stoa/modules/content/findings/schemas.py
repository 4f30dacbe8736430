"""Findings on the wire, and the text that is judged."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pydantic import BaseModel, Field

from stoa.modules.users.schemas import PublicUser
from stoa.shared.pagination import PageQuery


class FindingQuery(PageQuery):
    """The query string of the open findings."""


class FoundInArticle(BaseModel):
    """Words that count against an article, at `text[start:end]` of its title, an empty line and its Markdown."""

    text: str
    kind: str
    start: int
    end: int
    before: str = Field(description="Up to 60 characters before it.")
    after: str = Field(description="Up to 60 characters after it.")


class FindingOut(BaseModel):
    """Something in a published article that a person should look at."""

    id: UUID
    article: dict[str, str]
    author: PublicUser | None
    score: float
    reason: str
    kinds: dict[str, float] = Field(description="0 to 1 for each kind, such as `insult` or `spam`.")
    terms: list[FoundInArticle] = Field(description="The first 20.")
    found_at: datetime


@dataclass(frozen=True, slots=True)
class JudgedText:
    """What readers of an article read, for the judge."""

    author_id: UUID
    text: str

    @property
    def hash(self) -> bytes:
        return sha256(self.text.encode()).digest()
