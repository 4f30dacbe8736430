"""The task that imports an uploaded source: several transactions inside one task, each try goes on from the last."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.events.queue.registry import Run, Task, task
from stoa.shared.database import Database
from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.media.choosing import media_store, picture_pool
from stoa.shared.settings import Settings

from .choices import Choices
from .errors import ImportCancelled, ImportRunning
from .events import ImportFailed
from .folder import ImportFolder
from .registry import importer_for
from .report import Report
from .repository import ImportRepository
from .service import ImportService
from .watching import Watched

_LONGEST_SECONDS = 12 * 3600.0
_PATIENCE = 5  # nobody waits for one page here, and a busy machine must not fail an item
_WAITS_FOR_LOCK = 30


class RunImport(BaseModel):
    job_id: UUID


@dataclass(frozen=True, slots=True)
class _Job:
    place: str
    choices: Choices
    old_site: str | None


@dataclass(frozen=True, slots=True)
class Workshop:
    """What an import needs of its process."""

    database: Database
    settings: Settings
    data_dir: Path

    @property
    def folder(self) -> ImportFolder:
        return ImportFolder(self.data_dir, limit=self.settings.content.import_mb * 1024 * 1024)


def import_task(shop: Workshop | None) -> Task[RunImport]:
    """The task; without a workshop only to be asked for."""

    @task("import.run", RunImport, seconds=_LONGEST_SECONDS)
    async def run_import(asked: RunImport, _: AsyncSession, run: Run) -> None:
        if shop is None:
            raise RuntimeError("this process imports nothing")
        await JobRun(shop, asked.job_id).go(run)

    return run_import


ASKED: Final = import_task(None)


class JobRun:
    """One try of one job."""

    def __init__(self, shop: Workshop, job_id: UUID) -> None:
        self._shop = shop
        self._job_id = job_id

    async def go(self, run: Run) -> None:
        """Import; what cannot be imported at all ends the job, what another try may mend ends only this one."""
        job = await self._shop.database.transact(self._begin)
        if job is None:
            return
        try:
            await self._import(job, run)
        except ImportCancelled:
            await self._end("cancelled")
        except Unavailable:
            raise
        except StoaError as error:
            await self._end("failed", error.detail.replace(f"{self._shop.folder.path}/{job.place}", job.choices.source))
        else:
            if job.choices.is_trial:
                return  # its file is kept for a day, to be imported for real
            await self._end("finished")
        await asyncio.to_thread(self._shop.folder.remove, job.place)

    async def _import(self, job: _Job, run: Run) -> None:
        settings, database = self._shop.settings, self._shop.database
        pool = MarkdownPool(workers=2, seconds=_PATIENCE * settings.content.markdown_seconds)
        pictures, media = picture_pool(settings), media_store(settings, self._shop.data_dir)
        watched = Watched(database, self._job_id, run)
        try:
            async with watched.telling():
                with importer_for(self._shop.folder.file(job.place), old_site=job.old_site) as importer:
                    survey = await asyncio.to_thread(importer.survey, watched)
                    service = ImportService(database, media, pictures, pool)
                    async for _ in _tries():
                        with contextlib.suppress(ImportRunning):
                            await service.run(
                                importer, survey, job.choices, Report(), watched,
                                job_id=self._job_id, check=watched.check,
                            )  # fmt: skip
                            return
                    raise ImportRunning(job.choices.source)
        finally:
            await pool.close()
            await asyncio.to_thread(pictures.close)

    async def _begin(self, session: AsyncSession) -> _Job | None:
        """The job, running now; None when it is over."""
        imports = ImportRepository(session)
        job = await imports.job(self._job_id)
        if job is None or job.status not in {"waiting", "running", "stopped"} or job.file is None:
            return None
        await imports.change_job(self._job_id, status="running", finished_at=None)
        site = self._shop.settings.site
        choices = Choices(
            job.source, author=job.choices.get("author"), status=job.choices.get("status", "published"),
            default_author=site.site_name, language=site.language, is_trial=job.is_trial,
        )  # fmt: skip
        return _Job(job.file, choices, job.choices.get("old_site"))

    async def _end(self, status: str, error: str | None = None) -> None:
        async def end(session: AsyncSession) -> None:
            await ImportRepository(session).close_job(self._job_id, status, error)
            await ImportRepository(session).change_job(self._job_id, file=None)
            if error is not None:
                await publish(session, ImportFailed(import_id=self._job_id, reason=error[:500]))

        await self._shop.database.transact(end)


async def _tries() -> AsyncIterator[None]:
    """The lock of a worker that was killed is free after moments."""
    for _ in range(_WAITS_FOR_LOCK):
        yield
        await asyncio.sleep(1)
