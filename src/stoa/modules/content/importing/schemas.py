"""Imports on the wire."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.modules.users.schemas import PublicUser
from stoa.shared.pagination import PageQuery
from stoa.shared.text import clean_line

from .items import ItemKind, Outcome
from .values import web_address_of

JobStatus = Literal["waiting", "running", "finished", "stopped", "failed", "cancelled"]


def _site(value: str) -> str | None:
    if value and web_address_of(value) is None:
        raise ValueError("must be an address like https://example.org")
    return value.rstrip("/") or None


def _or_nothing(value: str) -> str | None:
    return clean_line(value) or None


Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_or_nothing)]


class ImportIn(BaseModel):
    """How an uploaded source is imported; an empty field is as one that was left out."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[Literal["published", "draft"], Field(description="`draft` publishes nothing of it.")] = (
        "published"
    )
    author: Annotated[
        Name | None, Field(description="Username of the author of all articles; without, each has its own.")
    ] = None
    old_site: Annotated[
        Annotated[str, StringConstraints(max_length=1000), AfterValidator(_site)] | None,
        Field(description="Address the site had; links to it become links inside."),
    ] = None
    dry_run: Annotated[bool, Field(description="Tell what would happen; write nothing but the report.")] = False
    source: Annotated[
        Name | None,
        Field(description="Name that ties the next import of this source to this one; without, the file's."),
    ] = None


class ImportChoices(BaseModel):
    status: str = "published"
    author: str | None = None
    old_site: str | None = None


class ImportJobOut(BaseModel):
    """One import and how far it is."""

    id: UUID
    source: str
    title: str = Field(description="Name of the file or folder.")
    kind: str = Field(description="Which importer reads it; empty until it began.")
    status: JobStatus
    dry_run: bool
    choices: ImportChoices
    phase: str = Field(description="What it is doing: `reading`, then `importing`.")
    total: int = Field(description="Steps of this phase.")
    done: int
    counts: dict[Outcome, int] = Field(description="Items by what became of them.")
    by_kind: dict[str, dict[Outcome, int]] = Field(description="The same for each kind of item.")
    error: str | None = Field(description="Why it failed, in one line.")
    can_run: bool = Field(description="Whether its file is still there to be imported by `run`.")
    asked_by: PublicUser | None
    started_at: AwareDatetime
    finished_at: AwareDatetime | None


class ImportRowOut(BaseModel):
    """What became of one item."""

    number: int
    kind: ItemKind
    key: str
    outcome: Outcome
    reason: str
    title: str
    slug: str
    warnings: list[str]


class RowQuery(PageQuery):
    outcome: Annotated[Outcome | None, Field(description="Only items that this became of.")] = None
    kind: Annotated[ItemKind | None, Field(description="Only items of this kind.")] = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded source: the name it came under, and where it lies in the folder of imports."""

    name: str
    place: str
