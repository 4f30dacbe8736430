"""Runs tasks, one at a time for each runner, each on a lease that is renewed while it runs.

Whose lease ran out was replaced: what it does after that is rolled back.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.loops import Stop, until_done
from stoa.events.outage import is_busy, is_gone, words
from stoa.events.pace import Pace
from stoa.shared.database import Database

from .registry import Task, TaskRegistry
from .repository import TakenTask, TaskRepository

log = structlog.get_logger("stoa.tasks")
_GRACE_SECONDS = 10.0


class TaskReplaced(Exception):
    """Somebody else has the task now, or it was cancelled."""


class TaskRunner:
    def __init__(self, database: Database, registry: TaskRegistry, pace: Pace, stop: Stop) -> None:
        self._database = database
        self._registry = registry
        self._pace = pace
        self._stop = stop

    async def run_one(self) -> bool:
        """Run the task that is due first; false when none is."""
        taken = await self._write(lambda tasks: tasks.take(self._registry.tasks, self._pace.lease))
        if taken is None:
            return False
        if taken.starts > self._pace.tries:
            died = f"The worker ended {self._pace.tries} times while it ran."
            await self._write(lambda tasks: tasks.end(taken, "failed", died, failures=taken.failures))
            return True
        work = asyncio.create_task(self._work(self._registry.tasks[taken.task], taken))
        watch = asyncio.create_task(self._watch(taken, work))
        try:
            await asyncio.wait([work])
            await until_done(lambda: self._settle(taken, work), self._stop)
        finally:
            watch.cancel()
            work.cancel()
        return True

    async def _work(self, task: Task[Any], taken: TakenTask) -> None:
        payload = task.payload.model_validate_json(taken.payload)
        async with asyncio.timeout(task.seconds), self._database.unit_of_work() as session:
            await task.function(payload, session, _Run(self, taken))
            if not await TaskRepository(session).done(taken):
                raise TaskReplaced

    async def _settle(self, taken: TakenTask, work: "asyncio.Task[None]") -> None:
        """Write down what became of it; what succeeded has done so itself."""
        if work.cancelled():  # asked to cancel it, asked to stop, or replaced: the first is final
            await self._write(lambda tasks: tasks.again(taken, wait=0, failures=taken.failures))
            return
        error = work.exception()
        if error is None or isinstance(error, TaskReplaced):
            return
        failures = taken.failures + (0 if is_gone(error) or is_busy(error) else 1)
        log.warning("a task failed", task=taken.task, id=str(taken.id), tries=failures, why=words(error))
        if failures >= self._pace.tries:
            await self._write(lambda tasks: tasks.end(taken, "failed", words(error), failures=failures))
            return
        wait = self._pace.backoff(max(failures, 1))
        await self._write(lambda tasks: tasks.again(taken, wait=wait, failures=failures, error=words(error)))

    async def _watch(self, taken: TakenTask, work: "asyncio.Task[None]") -> None:
        """Renew the lease; end the work when it was cancelled or replaced, or some time after we are to stop."""
        while not work.done():
            if await self._stop.within(self._pace.lease / 10):
                await asyncio.sleep(_GRACE_SECONDS)
                work.cancel()
                return
            with contextlib.suppress(Exception):  # the database is away: the lease may run out, and then we are late
                if await self._write(lambda tasks: tasks.renew(taken, self._pace.lease)) is not False:
                    work.cancel()
                    return

    async def tell(self, taken: TakenTask, percent: int, note: str) -> None:
        await self._write(lambda tasks: tasks.progress(taken, max(0, min(100, percent)), note[:200]))

    async def _write(self, act: Callable[[TaskRepository], Awaitable[Any]]) -> Any:
        async def in_transaction(session: AsyncSession) -> Any:
            return await act(TaskRepository(session))

        return await self._database.transact(in_transaction)


class _Run:
    def __init__(self, runner: TaskRunner, taken: TakenTask) -> None:
        self._runner = runner
        self._taken = taken

    @property
    def id(self) -> UUID:
        return self._taken.id

    async def progress(self, percent: int, note: str = "") -> None:
        await self._runner.tell(self._taken, percent, note)
