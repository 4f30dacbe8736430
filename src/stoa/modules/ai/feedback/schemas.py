"""Feedback on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class FeedbackIn(BaseModel):
    """What you think of an answer that you were given."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[UUID, Field(description="The `id` of the answer.")]
    rating: Annotated[Literal[-1, 1], Field(description="1: it was of use; -1: it was not.")]
    comment: Annotated[str, Field(max_length=2_000)] = ""


class _OfModel(BaseModel):
    feature: str
    provider: str
    model: str


class Rated(_OfModel):
    good: int
    bad: int
    share: float = Field(description="Of the good ones among all, from 0 to 1.")


class Remark(_OfModel):
    rating: Literal[-1, 1]
    comment: str
    updated_at: AwareDatetime


class Quality(BaseModel):
    items: list[Rated] = Field(description="By feature, provider and model, the most rated first.")
    comments: list[Remark] = Field(description="The newest 100; who wrote them is not told.")
