"""Use cases of preferences: what holds for somebody, and choosing. What nobody chose stands in the catalogue."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.catalogue import (
    CATEGORIES,
    CHANNELS,
    Category,
    CategoryName,
    ChannelName,
    NoticeType,
    Wish,
    default_wish,
)
from stoa.modules.notifications.errors import CannotChoose
from stoa.modules.notifications.preferences import queries
from stoa.modules.notifications.preferences.repository import PreferenceRepository
from stoa.modules.notifications.preferences.schemas import CellIn, CellOut, Choice, GridOut, RowOut
from stoa.shared.database import ReadSession
from stoa.shared.errors import FieldFault

OFFERED = ("off", "instant")


class PreferenceReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def grid(self, user_id: UUID) -> GridOut:
        """Every category by every channel."""
        rows = await self._reads.fetch(queries.CHOSEN, user_id=user_id)
        chosen = {(row["category"], row["channel"]): row["wish"] for row in rows}
        return GridOut(items=[_row(category, chosen) for category in CATEGORIES.values()])


class PreferenceService:
    """What was chosen acts on the next notice. The caller's unit of work commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._preferences = PreferenceRepository(session)

    async def choices(self, user_id: UUID, kind: NoticeType) -> Mapping[str, Choice]:
        """What holds on each channel for a notice of that type."""
        category = CATEGORIES[kind.category]
        chosen = await self._preferences.chosen(user_id, category.name)
        return {channel: _choice(kind, category, channel, chosen.get(channel)) for channel in CHANNELS}

    async def choose(self, user_id: UUID, cells: Sequence[CellIn]) -> None:
        """All of them or none. Raises CannotChoose with every cell that is locked or asks for a digest."""
        faults = tuple(fault for number, cell in enumerate(cells) if (fault := _fault(number, cell)))
        if faults:
            raise CannotChoose(" ".join(fault.message for fault in faults), faults=faults)
        last = {(cell.category, cell.channel): cell.wish for cell in cells}
        await self._preferences.choose(user_id, [(*place, wish) for place, wish in last.items()])

    async def switch_off(self, user_id: UUID, category: str, channel: str) -> None:
        """For who asked for that by a link; the caller knows that it is not locked."""
        await self._preferences.choose(user_id, [(category, channel, "off")])

    async def forget(self, user_id: UUID) -> None:
        """Back to the defaults."""
        await self._preferences.forget(user_id)


def _choice(kind: NoticeType, category: Category, channel: str, chosen: str | None) -> Choice:
    if channel in category.locked:
        return Choice("instant", is_chosen=False)
    if chosen in OFFERED:
        return Choice(cast("Wish", chosen), is_chosen=True)
    return Choice(default_wish(kind, channel), is_chosen=False)


def _row(category: Category, chosen: Mapping[tuple[str, str], str]) -> RowOut:
    return RowOut(
        category=cast("CategoryName", category.name),
        label=category.label,
        description=category.description,
        channels=[_cell(category, channel, chosen.get((category.name, channel))) for channel in CHANNELS],
    )


def _cell(category: Category, channel: str, chosen: str | None) -> CellOut:
    is_locked = channel in category.locked
    is_chosen = chosen in OFFERED and not is_locked
    wish = cast("Wish", chosen) if is_chosen else category.wishes[channel]
    return CellOut(
        channel=cast("ChannelName", channel),
        label=CHANNELS[channel],
        wish=wish,
        is_locked=is_locked,
        is_default=not is_chosen,
    )


def _fault(number: int, cell: CellIn) -> FieldFault | None:
    category, where = CATEGORIES[cell.category], f"body.preferences.{number}.wish"
    label = CHANNELS[cell.channel]
    if cell.channel in category.locked and cell.wish == "off":
        return FieldFault(where, f"{category.label} by {label} cannot be switched off: you must hear of it.")
    if cell.wish not in OFFERED:
        return FieldFault(where, f"There are no digests yet, so '{cell.wish}' cannot be chosen: take off or instant.")
    return None
