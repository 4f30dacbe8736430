"""The rows of one run: numbered, counted, kept with the job in the transaction of what they tell of, then reported."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import Database

from .items import Row
from .report import Report
from .repository import ImportRepository
from .tally import Tally

ROWS_AT_ONCE = 500
_OF_RECORD = {"article", "page", "file"}


class Ledger:
    """Without a job nothing is kept, only reported. `number` is that of the last row told."""

    def __init__(
        self,
        database: Database,
        source: str,
        report: Report,
        *,
        job_id: UUID | None,
        number: int = 0,
        is_trial: bool = False,
    ) -> None:
        self.job_id = job_id
        self._database = database
        self._source = source
        self._report = report
        self.number = number
        self._is_trial = is_trial

    @property
    def tally(self) -> Tally:
        return self._report.tally

    async def tell(self, rows: Sequence[Row]) -> None:
        """Keep and report rows of items that nothing is written of."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            if self.job_id is not None:
                await self._database.transact(partial(self.keep, rows=part))
            self.note(part)

    async def keep(self, session: AsyncSession, rows: Sequence[Row]) -> None:
        """Write rows and counts of the job; `note` them once the transaction is through."""
        if self.job_id is None or not rows:
            return
        imports = ImportRepository(session)
        values: list[dict[str, Any]] = [
            {"key": row.key, "kind": row.kind, "status": row.outcome, "reason": row.reason}
            for row in rows
            if row.outcome in {"skipped", "failed"} and row.kind in _OF_RECORD
        ]
        if not self._is_trial:
            await imports.keep(self.job_id, self._source, values)
        await imports.add_rows(self.job_id, self.number, rows)
        await imports.count(self.job_id, self.tally.with_rows(rows).as_json())

    def note(self, rows: Sequence[Row]) -> None:
        """What was kept is so now."""
        self.number += len(rows)
        for row in rows:
            self._report.add(row)
