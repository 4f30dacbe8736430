"""Use cases of those who look after events: where one is, what was given up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor

from . import queries
from .schemas import DeadQuery

_CURSOR: Final = "dead"


class EventReads:
    """`expected` are pairs of handler and type of event."""

    def __init__(self, reads: ReadSession, expected: Sequence[tuple[str, str]] = ()) -> None:
        self._reads = reads
        self._expected = expected

    async def way(self, event_id: UUID) -> str:
        """Recorded, relayed, and how far each handler is, as JSON. Raises NotFound."""
        handlers, types = [name for name, _ in self._expected], [kind for _, kind in self._expected]
        found: str | None = await self._reads.fetch_value(queries.WAY, id=event_id, handlers=handlers, types=types)
        if found is None:
            raise NotFound(f"There is no event {event_id}. Handled events are kept for some time only.")
        return found

    async def tail(self, limit: int) -> list[Any]:
        """The newest events, the newest first."""
        return list(await self._reads.fetch(queries.TAIL, limit=limit))

    async def state(self) -> str:
        """How much waits, as JSON."""
        found: str = await self._reads.fetch_value(queries.STATE)
        return found

    async def dead(self, query: DeadQuery) -> Slice:
        """One page of dead letters, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {}
        if query.cursor:
            place = decode_cursor(query.cursor, _CURSOR, datetime, UUID, str)
            values = dict(zip(("at", "event_id", "handler"), place, strict=True))
        rows = await self._reads.fetch(queries.dead_page(query.limit, query.skip, after=bool(query.cursor)), **values)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        last = rows[-1] if more else None
        cursor = encode_cursor(_CURSOR, last["at"], last["event_id"], last["handler"]) if last else None
        return Slice([row["item"] for row in rows], cursor)
