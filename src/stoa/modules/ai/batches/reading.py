"""Reading batches: one's own, as JSON made by the database."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from stoa.modules.ai.batches import queries
from stoa.modules.ai.batches.errors import BatchNotFound
from stoa.shared.database import ReadSession
from stoa.shared.pagination import PageQuery, Slice, decode_cursor, encode_cursor

_BATCHES: Final = "ai.batches"
_ITEMS: Final = "ai.batch.items"


class BatchReads:
    """Of one person; another's are as if they were not there."""

    def __init__(self, reads: ReadSession, user_id: UUID) -> None:
        self._reads = reads
        self._user_id = user_id

    async def page(self, query: PageQuery) -> Slice:
        """Batches, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {"user_id": self._user_id}
        if query.cursor:
            values["created_at"], values["last_id"] = decode_cursor(query.cursor, _BATCHES, datetime, UUID)
        rows = await self._reads.fetch(queries.page(query.limit, query.skip, after=bool(query.cursor)), **values)
        total = await self._reads.fetch_value(queries.TOTAL, **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_BATCHES, rows[-1]["created_at"].isoformat(), rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def one(self, batch_id: UUID) -> str:
        """A batch without its items, as JSON. Raises BatchNotFound."""
        found: str | None = await self._reads.fetch_value(queries.ONE, id=batch_id, user_id=self._user_id)
        if found is None:
            raise BatchNotFound
        return found

    async def items(self, batch_id: UUID, query: PageQuery) -> tuple[Slice, dict[str, Any]]:
        """One page of its items in their order, and the batch. Raises BatchNotFound, MalformedInput."""
        number = 0
        if query.cursor:
            (number,) = decode_cursor(query.cursor, _ITEMS, int)
        batch: dict[str, Any] = orjson.loads(await self.one(batch_id))
        rows = await self._reads.fetch(queries.items(query.limit, query.skip), batch_id=batch_id, number=number)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_ITEMS, rows[-1]["number"]) if more else None
        return Slice([row["item"] for row in rows], cursor), batch
