"""Use cases of import jobs: ask for one, cancel it, run one that was tried. The work is done by a worker."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.queue.service import enqueue
from stoa.modules.audit.service import AuditService
from stoa.modules.users.service import UserService
from stoa.shared.errors import FieldFault, InvalidInput, NotFound
from stoa.shared.ids import new_id
from stoa.shared.security import Actor

from .choices import source_name
from .errors import ImportNotFound, ImportOver, ImportRunning
from .models import ImportJob
from .repository import ImportRepository
from .schemas import ImportIn, StoredFile
from .task import ASKED, RunImport

NEEDS: Final = "manage:imports"


class ImportJobs:
    """The caller's unit of work commits; the job and the task that runs it are one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._imports = ImportRepository(session)

    async def start(self, actor: Actor, job_id: UUID, file: StoredFile, choices: ImportIn) -> UUID:
        """Have a stored file imported. Raises ImportRunning, InvalidInput when there is no such author."""
        actor.demand(NEEDS)
        await self._check_author(choices.author)
        stem = file.name.rpartition(".")[0]
        await self._add(
            actor, job_id, source=source_name(choices.source or stem), title=stem, file=file.place,
            is_trial=choices.dry_run, choices=choices.model_dump(include={"status", "author", "old_site"}),
        )  # fmt: skip
        return job_id

    async def run(self, actor: Actor, job_id: UUID) -> UUID:
        """Import for real what was tried, as a new job, or go on with one that stopped. Raises ImportOver."""
        actor.demand(NEEDS)
        job = await self._job(job_id)
        if job.file is None or job.status not in {"finished", "stopped"}:
            raise ImportOver("Its file is not there any more, or it still runs. Upload the file again.")
        place, job.file = job.file, None
        await self._session.flush()
        if job.is_trial:
            new = new_id()
            await self._add(
                actor, new, source=job.source, title=job.title, file=place, is_trial=False, choices=job.choices
            )
            return new
        await self._only_one(job.source, is_trial=False)
        await self._imports.change_job(
            job_id, file=place, status="waiting", finished_at=None, is_cancel_asked=False, error=None
        )
        await self._ask(actor, job_id)
        return job_id

    async def cancel(self, actor: Actor, job_id: UUID) -> None:
        """What waits never begins, what runs ends within moments. Raises ImportNotFound, ImportOver."""
        actor.demand(NEEDS)
        job = await self._job(job_id)
        if job.status not in {"waiting", "running"}:
            raise ImportOver(f"The import has ended already ({job.status}): there is nothing to cancel.")
        job.is_cancel_asked = True
        await self._session.flush()
        if job.status == "waiting":
            await self._imports.close_job(job_id, "cancelled")
        await AuditService(self._session).record(
            "import.cancelled", actor=actor, subject_type="import", subject_id=job_id
        )

    async def _add(
        self,
        actor: Actor,
        job_id: UUID,
        *,
        source: str,
        title: str,
        file: str,
        is_trial: bool,
        choices: dict[str, object],
    ) -> None:
        await self._only_one(source, is_trial=is_trial)
        await self._imports.add_job(
            id=job_id, source=source, title=title, file=file, is_trial=is_trial, choices=choices, asked_by=actor.id
        )
        await self._ask(actor, job_id)

    async def _ask(self, actor: Actor, job_id: UUID) -> None:
        await enqueue(self._session, ASKED, RunImport(job_id=job_id), asked_by=actor.id)
        await AuditService(self._session).record(
            "import.started", actor=actor, subject_type="import", subject_id=job_id
        )

    async def _only_one(self, source: str, *, is_trial: bool) -> None:
        if not is_trial and await self._imports.open_job_of(source):
            raise ImportRunning(source)

    async def _job(self, job_id: UUID) -> ImportJob:
        job = await self._imports.job(job_id)
        if job is None:
            raise ImportNotFound
        return job

    async def _check_author(self, username: str | None) -> None:
        if username is None:
            return
        try:
            await UserService(self._session).author(username)
        except NotFound as error:
            fault = FieldFault("body.author", "must be the username of somebody here, or left out")
            raise InvalidInput(error.detail, faults=(fault,)) from None
