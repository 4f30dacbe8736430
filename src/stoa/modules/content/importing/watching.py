"""How far a job is, told to its row about once a second; and whether somebody asked to cancel it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.queue.registry import Run
from stoa.shared.database import Database

from .errors import ImportCancelled
from .progress import Progress, Silence
from .repository import ImportRepository

_EVERY = 1.0


class Watched:
    """A Progress for one job; its steps may come from a thread.

    `run` is the task that does it, `also` another Progress; both are told the same.
    """

    def __init__(self, database: Database, job_id: UUID, run: Run | None = None, also: Progress | None = None) -> None:
        self._database = database
        self._job_id = job_id
        self._run = run
        self._also = also or Silence()
        self._phase = ""
        self._total = self._done = 0
        self._is_cancelled = self._is_over = False

    def begin(self, phase: str, total: int) -> None:
        self._phase, self._total, self._done = phase, total, 0
        self._also.begin(phase, total)

    def step(self) -> None:
        self._done += 1
        self._also.step()
        self.check()

    def check(self) -> None:
        """Raises ImportCancelled when somebody asked for it, or when nobody waits for this try any more."""
        if self._is_cancelled or self._is_over:
            raise ImportCancelled

    @contextlib.asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell while the block runs, and once at its end."""
        teller = asyncio.create_task(self._keep_telling())
        try:
            yield
        finally:
            self._is_over = True
            teller.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await teller
            with contextlib.suppress(Exception):  # the database may be what failed
                await self._tell()

    async def _keep_telling(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # it is away for a moment: the import itself will notice
                await self._tell()
            await asyncio.sleep(_EVERY)

    async def _tell(self) -> None:
        told = self._phase, self._total, self._done

        async def tell(session: AsyncSession) -> bool:
            return await ImportRepository(session).tell_progress(self._job_id, *told)

        self._is_cancelled = await self._database.transact(tell)
        if self._run is not None:
            await self._run.progress(100 * told[2] // told[1] if told[1] else 0, told[0])
