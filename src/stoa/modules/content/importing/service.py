"""The use case: import a source that was surveyed. Running it again changes nothing; after a kill it goes on."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.search.service import SearchService
from stoa.modules.users.service import UserService
from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import Database
from stoa.shared.errors import InvalidInput, NotFound, Unavailable
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.store import MediaStore
from stoa.shared.security import Actor

from .choices import Choices
from .errors import ImportCancelled
from .events import ImportFinished
from .foreword import Foreword
from .items import Importer, Survey
from .ledger import Ledger
from .pictures import Pictures
from .preparing import Preparer, Renderer
from .progress import Progress
from .report import Report
from .repository import ImportRepository, only_import_of
from .run import ImportRun
from .slugs import reserve_slugs
from .tally import Tally
from .watching import Watched


def _go_on() -> None:
    """Nobody asks to end it."""


@dataclass(frozen=True, slots=True)
class _Work:
    importer: Importer
    survey: Survey
    choices: Choices
    progress: Progress
    check: Callable[[], None]


class ImportService:
    """`media` keeps the images that `pictures` decodes; `renderer` makes HTML of Markdown; both in other processes."""

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        pictures: PicturePool,
        renderer: Renderer,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._media = media
        self._pictures = pictures
        self._renderer = renderer
        self._clock = clock

    async def run(
        self,
        importer: Importer,
        survey: Survey,
        choices: Choices,
        report: Report,
        progress: Progress,
        *,
        job_id: UUID | None = None,
        check: Callable[[], None] = _go_on,
        actor: Actor | None = None,
    ) -> None:
        """Import the items of `survey`; the report gets one row for each. A trial writes nothing but rows of its job.

        `job_id` is a job that runs already, perhaps for the second time; without one a job is opened, but not for a
        trial: then its row tells how far it is, and the audit log that `actor` began it. `check` is asked between
        batches and raises to end the run.

        Raises ImportRunning when the source is being imported already, SourceRefused when it proves damaged after
        all, InvalidInput when there is no such author, Unavailable when the database or the disk gives up. What was
        written before stays, with its records.
        """
        work = _Work(importer, survey, choices, progress, check)
        try:
            async with self._alone(choices):
                await self._check_author(choices)
                ledger = await self._ledger(importer, choices, report, job_id, actor)
                if job_id is None and ledger.job_id is not None:
                    await self._run_told(work, ledger, ledger.job_id)
                else:
                    await self._run(work, ledger)
        except (DBAPIError, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            reason = (str(cause) or type(cause).__name__).splitlines()[0]
            raise Unavailable(
                f"The import stopped: {reason}. What was imported stays; run it again to go on."
            ) from error

    async def _run_told(self, work: "_Work", ledger: Ledger, job_id: UUID) -> None:
        """As `_run`, for a job that no task watches: how far it is stands in its row, and it can be cancelled there."""
        watched = Watched(self._database, job_id, also=work.progress)
        async with watched.telling():
            await self._run(replace(work, progress=watched, check=watched.check), ledger)

    async def _run(self, work: "_Work", ledger: Ledger) -> None:
        try:
            await self._go(work, ledger)
        except BaseException as error:
            status = "cancelled" if isinstance(error, ImportCancelled) else "stopped"
            with suppress(Exception):  # the database may be what failed; the next run says so then
                await asyncio.shield(self._close(ledger, work.choices, status))
            raise
        await self._close(ledger, work.choices, "finished")

    async def _go(self, work: "_Work", ledger: Ledger) -> None:
        survey, choices = work.survey, work.choices
        told, before = ledger.number, len(survey.tags) + len(survey.authors)
        known = await Foreword(self._database, ledger, choices).go(survey.tags, survey.authors, told=told)
        await ledger.tell(survey.rows[max(0, told - before) :])
        slugs = await self._slugs(survey, choices)
        pictures = Pictures(work.importer, self._media, self._pictures, is_trial=choices.is_trial)
        preparer = Preparer(work.importer, self._renderer, pictures, slugs=slugs, options=choices.fingerprint)
        run = ImportRun(
            self._database, preparer, choices, ledger, known, slugs=slugs, clock=self._clock, check=work.check
        )
        await run.go(survey.outlines, work.progress, told=await self._told(ledger, before + len(survey.rows)))
        await self._learn_words(ledger, choices)

    async def _ledger(
        self, importer: Importer, choices: Choices, report: Report, job_id: UUID | None, actor: Actor | None
    ) -> Ledger:
        """The rows of the job so far, or of a new one."""

        async def open_job(session: AsyncSession) -> tuple[UUID, int]:
            imports = ImportRepository(session)
            if job_id is None:
                begun = await imports.begin_job(choices.source, importer.kind, importer.title)
                if actor is not None:
                    await AuditService(session).record(
                        "import.started", actor=actor, subject_type="import", subject_id=begun
                    )
                return begun, 0
            job = await imports.job(job_id)
            await imports.change_job(job_id, kind=importer.kind, title=importer.title)
            report.tally = Tally.of(job.counts if job else {})
            return job_id, await imports.last_number(job_id)

        if job_id is None and choices.is_trial:
            return Ledger(self._database, choices.source, report, job_id=None, is_trial=True)
        opened, number = await self._database.transact(open_job)
        return Ledger(
            self._database, choices.source, report, job_id=opened, number=number, is_trial=choices.is_trial
        )  # fmt: skip

    async def _told(self, ledger: Ledger, before: int) -> set[str]:
        if (job_id := ledger.job_id) is None:
            return set()
        return await self._database.transact(
            lambda session: ImportRepository(session).told_articles(job_id, before)
        )  # fmt: skip

    def _alone(self, choices: Choices) -> AbstractAsyncContextManager[None]:
        return nullcontext() if choices.is_trial else only_import_of(self._database.reads, choices.source)

    async def _check_author(self, choices: Choices) -> None:
        if choices.author is None:
            return
        async with self._database.unit_of_work() as session:
            try:
                await UserService(session).author(choices.author)
            except NotFound as error:
                raise InvalidInput(f"{error.detail} Name one that is there, or leave out --author.") from None

    async def _slugs(self, survey: Survey, choices: Choices) -> dict[str, str]:
        async def reserve(session: AsyncSession) -> dict[str, str]:
            known = await ImportRepository(session).known_slugs(choices.source)
            return await reserve_slugs(ArticleService(session), survey.outlines, known)

        return await self._database.transact(reserve)

    async def _learn_words(self, ledger: Ledger, choices: Choices) -> None:
        """Typing errors are guessed from the words there are; once for all of an import is enough."""
        counts = ledger.tally.outcomes
        if choices.is_trial or not (counts["imported"] + counts["updated"]):
            return

        async def refresh(session: AsyncSession) -> None:
            await SearchService(session).refresh_words()

        await self._database.transact(refresh)

    async def _close(self, ledger: Ledger, choices: Choices, status: str) -> None:
        if (job_id := ledger.job_id) is None:
            return

        async def close(session: AsyncSession) -> None:
            imports, counts = ImportRepository(session), ledger.tally.outcomes
            await imports.count(job_id, ledger.tally.as_json())
            await imports.close_job(job_id, status)
            if status == "finished" and not choices.is_trial:
                finished = ImportFinished(
                    import_id=job_id, imported=counts["imported"], updated=counts["updated"],
                    unchanged=counts["unchanged"], skipped=counts["skipped"], failed=counts["failed"],
                )  # fmt: skip
                await publish(session, finished)

        await self._database.transact(close)
