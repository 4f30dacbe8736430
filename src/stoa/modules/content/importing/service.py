"""The use case: import a source that was surveyed. Running it again changes nothing; after a kill it goes on."""

from contextlib import AbstractAsyncContextManager, nullcontext

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.service import ArticleService
from stoa.modules.users.service import UserService
from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import Database
from stoa.shared.errors import InvalidInput, NotFound, Unavailable
from stoa.shared.media import MediaStore

from .choices import Choices
from .items import Importer, Survey
from .preparing import Preparer, Renderer
from .progress import Progress
from .report import Report
from .repository import ImportRepository, only_import_of
from .run import ImportRun
from .slugs import reserve_slugs


class ImportService:
    """`media` keeps the images; `renderer` makes HTML of Markdown, off this process's event loop."""

    def __init__(self, database: Database, media: MediaStore, renderer: Renderer, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._media = media
        self._renderer = renderer
        self._clock = clock

    async def run(
        self, importer: Importer, survey: Survey, choices: Choices, report: Report, progress: Progress
    ) -> None:
        """Import the items of `survey`; the report gets one row for each. A trial writes nothing at all.

        Raises ImportRunning when the source is being imported already, SourceRefused when it proves damaged after
        all, InvalidInput when there is no such author, Unavailable when the database or the disk gives up. What was
        written before stays, with its records.
        """
        try:
            await self._run(importer, survey, choices, report, progress)
        except (DBAPIError, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            reason = (str(cause) or type(cause).__name__).splitlines()[0]
            raise Unavailable(
                f"The import stopped: {reason}. What was imported stays; run it again to go on."
            ) from error

    async def _run(
        self, importer: Importer, survey: Survey, choices: Choices, report: Report, progress: Progress
    ) -> None:
        async with self._alone(choices):
            await self._check_author(choices)
            slugs = await self._slugs(survey, choices)
            preparer = Preparer(
                importer, self._renderer, self._media,
                slugs=slugs, options=choices.fingerprint, is_trial=choices.is_trial,
            )  # fmt: skip
            run = ImportRun(self._database, preparer, choices, slugs=slugs, report=report, clock=self._clock)
            await run.begin(importer.kind, survey.rows)
            await run.go(survey.outlines, progress)

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
