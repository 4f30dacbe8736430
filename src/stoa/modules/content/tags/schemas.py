"""Tags on the wire."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.shared.pagination import Order, PageQuery
from stoa.shared.slugs import SLUG_LENGTH, SLUG_PATTERN
from stoa.shared.text import Line, ShortLine

SlugIn = Annotated[str, Field(min_length=1, max_length=SLUG_LENGTH, pattern=SLUG_PATTERN)]


class TagOut(BaseModel):
    slug: str
    name: str
    article_count: int = Field(description="Public articles that carry the tag.")


class TagIn(BaseModel):
    """A new tag. Without a slug one is made from the name."""

    model_config = ConfigDict(extra="forbid")

    name: ShortLine
    slug: SlugIn | None = None


class TagChange(BaseModel):
    """What to change; what is left out stays. A former slug leads to the tag for ever."""

    model_config = ConfigDict(extra="forbid")

    name: ShortLine | None = None
    slug: SlugIn | None = None


class TagMerge(BaseModel):
    model_config = ConfigDict(extra="forbid")

    into: Annotated[str, Field(min_length=1, max_length=120, description="Slug of the tag that stays.")]


class TagQuery(PageQuery):
    search: Annotated[Line | None, Field(description="Part of the name.")] = None
    sort: Annotated[Literal["name", "article_count"], Field(description="By name, or by number of articles.")] = "name"
    order: Annotated[Order | None, Field(description="Default: `asc` by name, `desc` by number.")] = None


@dataclass(frozen=True, slots=True)
class TagRef:
    """A tag as other parts of content hold one."""

    id: UUID
    slug: str
    name: str
