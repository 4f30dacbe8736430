"""The SQL of imports: the lock of a source, its jobs, and the records of its items."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import ReadSession
from stoa.shared.ids import new_id

from .errors import ImportRunning
from .models import ImportItem, ImportJob

_LOCK_SPACE = 0x53544F41  # the import's own among advisory locks


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an item imported before. `article_id` is None once its article was removed for good."""

    key: str
    content_hash: str
    article_id: UUID | None
    article_version: int
    slug: str
    published_at: datetime | None


@asynccontextmanager
async def only_import_of(reads: ReadSession, source: str) -> AsyncIterator[None]:
    """Hold the lock of a source; it ends with the process. Raises ImportRunning when another holds it."""
    digest = hashlib.sha256(source.encode()).digest()
    numbers = _LOCK_SPACE, int.from_bytes(digest[:4], signed=True)
    async with reads.connection() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *numbers):
            raise ImportRunning(source)
        try:
            yield
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1, $2)", *numbers)


class ImportRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin_job(self, source: str, kind: str) -> UUID:
        """A new running job; those of the source that still say so were stopped."""
        await self._session.execute(
            update(ImportJob)
            .where(ImportJob.source == source, ImportJob.status == "running")
            .values(status="stopped", finished_at=func.now())
        )
        job_id = new_id()
        await self._session.execute(insert(ImportJob).values(id=job_id, source=source, kind=kind))
        return job_id

    async def count(self, job_id: UUID, counts: Mapping[str, int], *, status: str = "running") -> None:
        finished_at = None if status == "running" else func.now()
        await self._session.execute(
            update(ImportJob)
            .where(ImportJob.id == job_id)
            .values(counts=dict(counts), status=status, finished_at=finished_at)
        )

    async def known_slugs(self, source: str) -> dict[str, str]:
        """The slug of each item of the source that was imported before, by key."""
        rows = await self._session.execute(
            select(ImportItem.key, ImportItem.slug).where(ImportItem.source == source, ImportItem.slug.is_not(None))
        )
        return {row.key: row.slug for row in rows if row.slug}

    async def records(self, source: str, keys: Iterable[str]) -> dict[str, Record]:
        """What is known of those of these items that were imported before, by key."""
        rows = await self._session.scalars(
            select(ImportItem).where(
                ImportItem.source == source, ImportItem.key.in_(list(keys)), ImportItem.content_hash.is_not(None)
            )
        )
        return {row.key: _record(row) for row in rows}

    async def keep(self, job_id: UUID, source: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what became of items. A row without `content_hash` leaves what is known of an earlier import."""
        saved = [row for row in rows if "content_hash" in row]
        others = [row for row in rows if "content_hash" not in row]
        for group in (saved, others):
            if not group:
                continue
            values = [{"id": new_id(), "job_id": job_id, "source": source, **row} for row in group]
            statement = insert(ImportItem)
            changed = {name: statement.excluded[name] for name in ("job_id", *group[0]) if name != "key"}
            await self._session.execute(
                statement.on_conflict_do_update(
                    index_elements=[ImportItem.source, ImportItem.key], set_={**changed, "updated_at": func.now()}
                ),
                values,
            )


def _record(row: ImportItem) -> Record:
    return Record(
        row.key, row.content_hash or "", row.article_id, row.article_version or 0, row.slug or "", row.published_at
    )
