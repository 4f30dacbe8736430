"""Revisions on the wire and between modules: what an author had written at each save, and what changed between two."""

from pydantic import AwareDatetime, BaseModel, Field

from stoa.modules.content.articles.diffing import DiffRow
from stoa.modules.content.articles.schemas import RevisionAct, Visibility
from stoa.modules.users.schemas import PublicUser


class RevisionHead(BaseModel):
    """One save."""

    number: int = Field(description="1 is the first.")
    act: RevisionAct
    version: int = Field(description="The article's version after it.")
    title: str
    saved_at: AwareDatetime
    saved_by: PublicUser | None = Field(description="null: the command line, or somebody who is gone.")


class RevisionListItem(RevisionHead):
    bytes: int = Field(description="How long the text was, in UTF-8.")
    bytes_added: int = Field(description="How much longer than the one before; less than 0 when shorter.")


class RevisionOut(RevisionHead):
    """A save whole. `tags` are the names they had."""

    slug: str
    body: str
    excerpt: str
    summary: str | None
    tags: list[str]
    cover_url: str | None
    cover_alt: str
    language: str
    visibility: Visibility
    canonical_url: str | None
    meta_title: str | None
    meta_description: str | None


class FieldDifference(BaseModel):
    name: str
    before: str | list[str] | None
    after: str | list[str] | None


class RevisionDiff(BaseModel):
    """Two revisions side by side."""

    before: RevisionHead
    after: RevisionHead
    fields: list[FieldDifference] = Field(description="What is not the same in both, but for the text.")
    rows: list[DiffRow] | None = Field(
        description="The text line by line, what is far from any change left out; null where too much changed to "
        "compare."
    )
