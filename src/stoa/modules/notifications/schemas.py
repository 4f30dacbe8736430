"""Notifications on the wire and between modules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stoa.modules.deliveries.schemas import State
from stoa.modules.notifications.catalogue import CategoryName
from stoa.shared.pagination import PageQuery


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is to be told. `source_id` is the id of the event it follows from, `url` a path of this site.

    While one with the same `group_key` is unread, that one grows instead of a second one.
    """

    type: str
    user_id: UUID
    source_id: UUID
    payload: Mapping[str, str | int] = field(default_factory=dict)
    url: str | None = None
    group_key: str | None = None


class NotificationOut(BaseModel):
    id: UUID
    number: int = Field(description="Grows with each notice of yours; where a stream goes on from.")
    category: CategoryName
    type: str
    title: str
    message: str
    url: str | None = Field(description="A path of this site where something can be done about it.")
    times: int = Field(description="How often it happened while nobody read it.")
    created_at: AwareDatetime = Field(description="When it happened last.")
    read_at: AwareDatetime | None
    archived_at: AwareDatetime | None


class WayOut(BaseModel):
    """How far a notice got on one way to you, and why not further."""

    channel: str
    recipient: str
    state: State
    reason: str | None
    tries: int
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class NotificationDetail(NotificationOut):
    deliveries: list[WayOut]


class UnreadOut(BaseModel):
    unread: int


class ReadIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    read: bool = True


class ReadAllIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    up_to: Annotated[
        int | None, Field(ge=0, le=2**53, description="The greatest `number` that you have seen; without it, all.")
    ] = None


class NotificationQuery(PageQuery):
    unread: Annotated[bool, Field(description="Only what is not read yet.")] = False
    archived: Annotated[bool, Field(description="What was archived, instead of what was not.")] = False
    hidden: Annotated[bool, Field(description="What you do not want to see on the site, instead of what you do.")] = (
        False
    )
    category: Annotated[CategoryName | None, Field(description="Of that category only.")] = None
