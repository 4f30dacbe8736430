"""Preferences on the wire and between nouns."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from stoa.modules.notifications.catalogue import CategoryName, ChannelName, LaterWish, Wish


@dataclass(frozen=True, slots=True)
class Choice:
    """What holds for one type on one channel, and whether somebody chose it."""

    wish: Wish
    is_chosen: bool


class CellOut(BaseModel):
    channel: ChannelName
    label: str
    wish: Wish
    is_locked: bool = Field(description="Stays on: it cannot be chosen.")
    is_default: bool = Field(description="Nobody chose it.")


class RowOut(BaseModel):
    category: CategoryName
    label: str
    description: str
    channels: list[CellOut]


class GridOut(BaseModel):
    items: list[RowOut]


class CellIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    category: CategoryName
    channel: ChannelName
    wish: Wish | LaterWish


class GridIn(BaseModel):
    """The cells to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    preferences: Annotated[list[CellIn], Field(min_length=1, max_length=50)]
