"""One run of an import: its job, its batches, and what is done when a batch cannot be written."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.content.search.service import SearchService
from stoa.shared.clock import Clock
from stoa.shared.database import Database, sqlstate
from stoa.shared.errors import StoaError, Unavailable

from .choices import Choices
from .events import ImportFinished
from .items import Outline, Row
from .preparing import Prepared, Preparer
from .progress import Progress
from .report import Report
from .repository import ImportRepository, Record
from .writing import Writer

_MOST_ITEMS = 50
_MOST_BYTES = 1_000_000
_ROWS_AT_ONCE = 500
_FAULTS_OF_ITEMS = {"22", "23", "54"}  # PostgreSQL's classes: bad data, broken constraint, limit of the program


class ImportRun:
    """Used once: `begin`, then `go`. A trial has no job and writes nothing."""

    def __init__(
        self,
        database: Database,
        preparer: Preparer,
        choices: Choices,
        *,
        slugs: Mapping[str, str],
        report: Report,
        clock: Clock,
    ) -> None:
        self._database = database
        self._preparer = preparer
        self._choices = choices
        self._slugs = slugs
        self._report = report
        self._clock = clock
        self._job_id: UUID | None = None

    async def begin(self, kind: str, rows: Sequence[Row]) -> None:
        """Open the job and tell what the first pass left out."""
        if not self._choices.is_trial:

            async def open_job(session: AsyncSession) -> UUID:
                return await ImportRepository(session).begin_job(self._choices.source, kind)

            self._job_id = await self._database.transact(open_job)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            await self._tell(rows[start : start + _ROWS_AT_ONCE])

    async def go(self, outlines: Sequence[Outline], progress: Progress) -> None:
        """Import all batches, in order, and close the job."""
        progress.begin("importing", len(outlines))
        try:
            for group in _batches(outlines):
                await self._import(group)
                for _ in group:
                    progress.step()
            await self._learn_words()
        except BaseException:
            with suppress(Exception):  # the database may be what failed; the next run says so then
                await self._close("stopped")
            raise
        await self._close("finished")

    async def _import(self, group: Sequence[Outline]) -> None:
        records = await self._records(group)
        batch = await self._preparer.prepare(group, records)
        await self._tell(batch.rows)
        await self._write(batch.prepared, records)

    async def _records(self, group: Sequence[Outline]) -> dict[str, Record]:
        async def read(session: AsyncSession) -> dict[str, Record]:
            return await ImportRepository(session).records(self._choices.source, [one.key for one in group])

        return await self._database.transact(read)

    async def _write(self, batch: Sequence[Prepared], records: Mapping[str, Record]) -> None:
        """Write a batch; when an item of it spoils it, write each alone, so that the others get through."""
        if not batch:
            return
        try:
            rows = await self._transact(batch, records)
        except (StoaError, DBAPIError) as error:
            if not _is_fault_of_item(error):
                raise
            if len(batch) > 1:
                for item in batch:
                    await self._write([item], records)
                return
            await self._tell([Row(batch[0].key, "failed", _reason(error), title=batch[0].article.title)])
            return
        self._note(rows)

    async def _transact(self, batch: Sequence[Prepared], records: Mapping[str, Record]) -> list[Row]:
        async def write(session: AsyncSession) -> list[Row]:
            writer = Writer(session, self._choices, job_id=self._job_id, slugs=self._slugs, now=self._clock())
            rows = await writer.write(batch, records)
            await self._keep(session, [row for row in rows if row.outcome == "skipped"], counted=rows)
            return rows

        return await self._database.transact(write)

    async def _tell(self, rows: Sequence[Row]) -> None:
        """Record and report rows of items that were not written."""
        kept = [row for row in rows if row.outcome in {"skipped", "failed"}]
        if kept:

            async def keep(session: AsyncSession) -> None:
                await self._keep(session, kept, counted=rows)

            await self._database.transact(keep)
        self._note(rows)

    async def _keep(self, session: AsyncSession, rows: Sequence[Row], *, counted: Sequence[Row]) -> None:
        if self._job_id is None:
            return
        imports = ImportRepository(session)
        values: list[dict[str, Any]] = [{"key": r.key, "status": r.outcome, "reason": r.reason} for r in rows]
        await imports.keep(self._job_id, self._choices.source, values)
        await imports.count(self._job_id, self._report.counts + Counter(row.outcome for row in counted))

    async def _learn_words(self) -> None:
        """Typing errors are guessed from the words there are; once for all of an import is enough."""
        if self._job_id is None or not (self._report.counts["imported"] + self._report.counts["updated"]):
            return

        async def refresh(session: AsyncSession) -> None:
            await SearchService(session).refresh_words()

        await self._database.transact(refresh)

    async def _close(self, status: str) -> None:
        if (job_id := self._job_id) is None:
            return

        async def close(session: AsyncSession) -> None:
            await ImportRepository(session).count(job_id, self._report.counts, status=status)
            if status == "finished":
                counts = self._report.counts
                finished = ImportFinished(
                    import_id=job_id, imported=counts["imported"], updated=counts["updated"],
                    unchanged=counts["unchanged"], skipped=counts["skipped"], failed=counts["failed"],
                )  # fmt: skip
                await publish(session, finished)

        await self._database.transact(close)

    def _note(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._report.add(row)


def _batches(outlines: Sequence[Outline]) -> Iterator[Sequence[Outline]]:
    """At most 50 items and 1 MB at once, so that memory does not grow with the source."""
    start = size = 0
    for end, outline in enumerate(outlines):
        if end > start and (end - start >= _MOST_ITEMS or size + outline.size > _MOST_BYTES):
            yield outlines[start:end]
            start, size = end, 0
        size += outline.size
    if start < len(outlines):
        yield outlines[start:]


def _is_fault_of_item(error: StoaError | DBAPIError) -> bool:
    if isinstance(error, StoaError):
        return not isinstance(error, Unavailable)
    return (sqlstate(error) or "")[:2] in _FAULTS_OF_ITEMS


def _reason(error: StoaError | DBAPIError) -> str:
    if isinstance(error, StoaError):
        return error.detail
    return f"The database does not take it: {str(error.orig).splitlines()[0][:200]}."
