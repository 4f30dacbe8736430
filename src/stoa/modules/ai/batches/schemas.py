"""Batches on the wire."""

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stoa.modules.ai.features.schemas import ClassifyIn, GenerateIn, ModerateIn, SummarizeIn
from stoa.shared.pagination import Page

MOST_ITEMS: Final = 500
MOST_BYTES: Final = 8_388_608
"""Of a whole batch as it is sent."""

Call = Literal["generate", "summarize", "classify", "moderate"]
BatchStatus = Literal["queued", "running", "done", "cancelled"]
ItemStatus = Literal["queued", "running", "done", "failed", "cancelled"]
ItemName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.:/@#+-]+$")]


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[ItemName | None, Field(description="Your own name for it, unlike the others'.")] = None


class GenerateItem(_Item):
    call: Literal["generate"]
    body: GenerateIn


class SummarizeItem(_Item):
    call: Literal["summarize"]
    body: SummarizeIn


class ClassifyItem(_Item):
    call: Literal["classify"]
    body: ClassifyIn


class ModerateItem(_Item):
    call: Literal["moderate"]
    body: ModerateIn


BatchItemIn = Annotated[GenerateItem | SummarizeItem | ClassifyItem | ModerateItem, Field(discriminator="call")]


class BatchIn(BaseModel):
    """Calls as you would send them one by one, each with the body of its own."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[BatchItemIn], Field(min_length=1, max_length=MOST_ITEMS)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [item.id for item in self.items if item.id is not None]
        if len(set(names)) < len(names):
            raise ValueError("Two items have the same `id`.")
        return self


class BatchOut(BaseModel):
    """A batch and how far it is."""

    id: UUID
    status: BatchStatus
    total: int = Field(description="Items.")
    done: int
    failed: int
    cancelled: int
    waits_until: AwareDatetime | None = Field(description="Nothing of it can begin earlier: a limit or a budget.")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None


class ItemError(BaseModel):
    """As the single call would have refused it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


class BatchItemOut(BaseModel):
    number: int = Field(description="Its place among the items, from 1.")
    id: str | None = Field(description="As you named it.")
    call: Call
    status: ItemStatus
    tries: int = Field(description="How often it was begun; more than once where its worker went away.")
    result: dict[str, Any] | None = Field(description="What the single call answers.")
    error: ItemError | None
    ended_at: AwareDatetime | None


class BatchPage(Page[BatchItemOut]):
    """A batch, with one page of its items in their order."""

    id: UUID
    status: BatchStatus
    total: int = Field(description="Items.")
    done: int
    failed: int
    cancelled: int
    waits_until: AwareDatetime | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
