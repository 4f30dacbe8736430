"""The SQL of imports: the lock of a source, its jobs with their rows, and the records of its items."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import ReadSession
from stoa.shared.ids import new_id

from .errors import ImportRunning
from .items import Row
from .models import ImportItem, ImportJob, ImportRow

_LOCK_SPACE = 0x53544F41  # the import's own among advisory locks
_ARTICLES = ("article", "page")
_OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an item imported before. `article_id`, `comment_id` are None once it was removed for good.

    `version` is that of the article or comment when it was last written by an import.
    """

    key: str
    content_hash: str
    article_id: UUID | None
    comment_id: UUID | None
    version: int
    slug: str
    published_at: datetime | None

    @property
    def article_version(self) -> int:
        return self.version


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

    async def begin_job(self, source: str, kind: str, title: str) -> UUID:
        """A new running job; those of the source that still say so were stopped."""
        await self._session.execute(
            update(ImportJob)
            .where(ImportJob.source == source, ImportJob.status == "running")
            .values(status="stopped", finished_at=func.now())
        )
        job_id = new_id()
        await self._session.execute(insert(ImportJob).values(id=job_id, source=source, kind=kind, title=title))
        return job_id

    async def add_job(self, **values: Any) -> None:
        """A job that waits for a worker."""
        await self._session.execute(insert(ImportJob).values(status="waiting", kind="", **values))

    async def job(self, job_id: UUID) -> ImportJob | None:
        """The job as it is now; its row stays locked until the commit."""
        statement = select(ImportJob).where(ImportJob.id == job_id).with_for_update()
        return (await self._session.scalars(statement)).one_or_none()

    async def open_job_of(self, source: str) -> UUID | None:
        """A job of the source that waits or runs, and would write."""
        statement = select(ImportJob.id).where(
            ImportJob.source == source, ImportJob.status.in_(_OPEN), ~ImportJob.is_trial
        )
        return await self._session.scalar(statement.limit(1))

    async def change_job(self, job_id: UUID, **values: Any) -> None:
        await self._session.execute(update(ImportJob).where(ImportJob.id == job_id).values(**values))

    async def tell_progress(self, job_id: UUID, phase: str, total: int, done: int) -> bool:
        """Note how far the job is; whether somebody asked to cancel it."""
        asked = await self._session.scalar(
            update(ImportJob)
            .where(ImportJob.id == job_id)
            .values(phase=phase, total=total, done=done)
            .returning(ImportJob.is_cancel_asked)
        )
        return bool(asked)

    async def count(self, job_id: UUID, counts: Mapping[str, Any]) -> None:
        await self.change_job(job_id, counts=dict(counts))

    async def close_job(self, job_id: UUID, status: str, error: str | None = None) -> None:
        await self.change_job(job_id, status=status, error=error, finished_at=func.now())

    async def add_rows(self, job_id: UUID, last_number: int, rows: Sequence[Row]) -> None:
        values = [
            {
                "job_id": job_id,
                "number": number,
                **asdict(row),
                "title": _storable(row.title),
                "reason": _storable(row.reason),
                "warnings": [_storable(warning) for warning in row.warnings],
            }
            for number, row in enumerate(rows, last_number + 1)
        ]
        await self._session.execute(insert(ImportRow), values)

    async def last_number(self, job_id: UUID) -> int:
        """The number of the last row that was told of a job."""
        return await self._session.scalar(select(func.max(ImportRow.number)).where(ImportRow.job_id == job_id)) or 0

    async def told_articles(self, job_id: UUID, after: int) -> set[str]:
        """The keys of the articles and pages among the rows of a job beyond that number."""
        found = select(ImportRow.key).where(
            ImportRow.job_id == job_id, ImportRow.number > after, ImportRow.kind.in_(_ARTICLES)
        )
        return set(await self._session.scalars(found))

    async def known_slugs(self, source: str) -> dict[str, str]:
        """The slug of each article of the source that was imported before, by key."""
        rows = await self._session.execute(
            select(ImportItem.key, ImportItem.slug).where(
                ImportItem.source == source, ImportItem.slug.is_not(None), ImportItem.kind.in_(_ARTICLES)
            )
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

    async def purge_rows(self, before: datetime) -> None:
        """Forget the rows of jobs that began before that time; the jobs with their counts stay."""
        old = select(ImportJob.id).where(ImportJob.started_at < before)
        await self._session.execute(
            delete(ImportRow).where(ImportRow.job_id.in_(old)).execution_options(synchronize_session=False)
        )

    async def give_up_on(self, before: datetime) -> None:
        """Jobs that began before that time and still say that they run have nobody who runs them."""
        await self._session.execute(
            update(ImportJob)
            .where(ImportJob.status.in_(_OPEN), ImportJob.started_at < before)
            .values(status="stopped", finished_at=func.now())
            .execution_options(synchronize_session=False)
        )

    async def files_kept(self, since: datetime) -> set[str]:
        """The files of jobs that are not over, or were over only after that time."""
        statement = select(ImportJob.file).where(
            ImportJob.file.is_not(None), ImportJob.status.in_(_OPEN) | (ImportJob.finished_at >= since)
        )
        return {name for name in await self._session.scalars(statement) if name}

    async def forget_files(self, kept: Iterable[str]) -> None:
        """No job refers to a file that is not there any more."""
        await self._session.execute(
            update(ImportJob)
            .where(ImportJob.file.is_not(None), ImportJob.file.not_in(list(kept)))
            .values(file=None)
            .execution_options(synchronize_session=False)
        )


def _storable(text: str) -> str:
    """What a source says may hold what no database takes."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


def _record(row: ImportItem) -> Record:
    return Record(
        row.key, row.content_hash or "", row.article_id, row.comment_id, row.article_version or 0, row.slug or "",
        row.published_at,
    )  # fmt: skip
