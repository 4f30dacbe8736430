"""Reading imports and their reports."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from stoa.shared.database import ReadSession
from stoa.shared.pagination import PageQuery, Slice, decode_cursor, encode_cursor

from . import queries
from .errors import ImportNotFound
from .items import Row
from .report import COLUMNS, csv_cells
from .schemas import RowQuery

_JOBS: Final = "imports"
_ROWS: Final = "import.rows"


class ImportReads:
    """Jobs and rows as JSON made by the database."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: PageQuery) -> Slice:
        """One page of imports, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, _JOBS, datetime, UUID)
        rows = await self._reads.fetch(queries.page(query.limit, query.skip, after=bool(query.cursor)), **values)
        total = await self._reads.fetch_value(queries.TOTAL) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_JOBS, rows[-1]["started_at"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def one(self, job_id: UUID) -> str:
        """An import as JSON. Raises ImportNotFound."""
        found: str | None = await self._reads.fetch_value(queries.ONE, id=job_id)
        if found is None:
            raise ImportNotFound
        return found

    async def rows(self, job_id: UUID, query: RowQuery) -> Slice:
        """One page of an import's report, in the order of the source. Raises ImportNotFound, MalformedInput."""
        values: dict[str, object] = {"id": job_id}
        if query.cursor:
            (values["number"],) = decode_cursor(query.cursor, _ROWS, int)
        values |= {name: value for name in ("outcome", "kind") if (value := getattr(query, name)) is not None}
        shape = {name: name in values for name in ("outcome", "kind")}
        rows = await self._reads.fetch(
            queries.rows(query.limit, query.skip, after=bool(query.cursor), **shape), **values
        )
        if not rows:
            await self._must_be(job_id)
        total = await self._reads.fetch_value(queries.total_rows(**shape), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_ROWS, rows[-1]["number"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def report(self, job_id: UUID) -> AsyncIterator[str]:
        """The whole report as CSV, a thousand rows at a time. Raises ImportNotFound before the first."""
        await self._must_be(job_id)
        return self._lines(job_id)

    async def _lines(self, job_id: UUID) -> AsyncIterator[str]:
        yield _csv([list(COLUMNS)])
        number = 0
        while rows := await self._reads.fetch(queries.REPORT, id=job_id, number=number):
            number = rows[-1]["number"]
            yield _csv([csv_cells(_row(dict(row))) for row in rows])

    async def _must_be(self, job_id: UUID) -> None:
        if await self._reads.fetch_value(queries.EXISTS, id=job_id) is None:
            raise ImportNotFound


def _row(kept: dict[str, object]) -> Row:
    del kept["number"]
    return Row(**{**kept, "warnings": tuple(kept["warnings"])})  # type: ignore[arg-type] # as the table has them


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()
