"""Follows on the wire and between modules."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from stoa.modules.users.schemas import PublicUser
from stoa.shared.pagination import PageQuery

MOST: int = 1_000
"""Authors and tags that one person follows."""

Followed = Literal["author", "tag"]


class FollowedTag(BaseModel):
    slug: str
    name: str


class FollowOut(BaseModel):
    kind: Followed
    author: PublicUser | None = Field(description="Where an author is followed.")
    tag: FollowedTag | None = Field(description="Where a tag is followed.")
    created_at: AwareDatetime


class FollowQuery(PageQuery):
    kind: Annotated[Followed | None, Field(description="Authors only, or tags only.")] = None
