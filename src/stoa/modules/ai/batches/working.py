"""Does the items of batches, one at a time for each loop that runs it, on any number of workers.

An item is somebody's for half a minute, which is prolonged while they work; if they die, the next one takes it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.loops import Stop, until_done
from stoa.events.outage import is_gone
from stoa.modules.ai.batches import queries
from stoa.modules.ai.batches.calls import Features
from stoa.modules.ai.batches.ending import CANCELLED, Ending, failed, refused
from stoa.modules.ai.batches.repository import BatchRepository
from stoa.modules.ai.batches.schemas import Call
from stoa.modules.ai.batches.service import finish
from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.providers.protocol import ProviderFault
from stoa.modules.auth.absent import AbsentPeople
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.errors import StoaError
from stoa.shared.ids import new_id
from stoa.shared.problems import as_stoa_error

log = structlog.get_logger("stoa.ai")
AT_ONCE: Final = 2
"""Items that one worker does at the same time."""
LEASE: Final = timedelta(seconds=30)
NEEDS: Final = "use:ai"
_MOST_TRIES: Final = 5
_LOOK_SECONDS: Final = 0.5
_KEEP_SECONDS: Final = 10.0
_PATIENCE_SECONDS: Final = 5.0


class WorkerDied(StoaError):
    code = "worker-died"
    title = "It could not be finished"


@dataclass(frozen=True, slots=True)
class _Claimed:
    batch_id: UUID
    number: int
    call: Call
    body: str
    tries: int
    user_id: UUID
    api_key_id: UUID | None
    created_at: datetime
    is_cancelled: bool
    claim_id: UUID


@dataclass(slots=True)
class _Run:
    """One try of one item. `stopped_at` is by the clock of the loop."""

    kept_at: float
    stopped_at: float | None = None
    generation: Generation | None = None

    def begin(self, generation: Generation) -> None:
        self.generation = generation
        if self.stopped_at is not None:
            generation.stop()

    def stop(self, now: float) -> None:
        if self.stopped_at is None:
            self.stopped_at = now
            if self.generation is not None:
                self.generation.stop()


class BatchWork:
    """`stop` is the worker's: what is not answered within five seconds of it is stopped and put back."""

    def __init__(self, database: Database, features: Features, people: AbsentPeople, stop: Stop) -> None:
        self._database = database
        self._features = features
        self._people = people
        self._stop = stop

    async def once(self) -> bool:
        """Do the next item that is due; whether there was one."""
        claim_id = new_id()
        row = await self._database.transact(lambda session: BatchRepository(session).claim(claim_id, LEASE))
        if row is None:
            return False
        item = _Claimed(**row, claim_id=claim_id)
        ending = await self._ending(item)
        await until_done(lambda: self._write(item, ending), self._stop)
        return True

    async def _ending(self, item: _Claimed) -> Ending:
        if item.is_cancelled:
            return CANCELLED
        if item.tries > _MOST_TRIES:
            return failed(WorkerDied(f"The process that worked on it ended, {_MOST_TRIES} times."))
        run = _Run(asyncio.get_running_loop().time())
        answering = asyncio.create_task(self._answer(item, run), name=f"item {item.number} of {item.batch_id}")
        try:
            return await self._watched(item, run, answering)
        finally:
            answering.cancel()

    async def _answer(self, item: _Claimed, run: _Run) -> Ending:
        try:
            actor = await self._people.actor(item.user_id, item.api_key_id)
            actor.demand(NEEDS)
            answer = await self._features.answer(item.call, item.body, actor, run.begin)
        except Exception as error:
            fault = as_stoa_error(error)
            if run.stopped_at is not None:
                return self._stopped()
            if isinstance(fault, ProviderFault) and run.generation is None:
                return Ending("queued", due_at=utc_now())  # it waited for another's same call, which was stopped
            if fault is None:
                log.exception("an item of a batch failed", batch=str(item.batch_id), number=item.number)
                fault = StoaError("The fault is ours and has been logged.")
            return refused(fault, item.created_at, utc_now())
        return Ending("done", result=answer.model_dump_json())

    def _stopped(self) -> Ending:
        """By its owner; or by the worker's end, after which the next one does it."""
        return Ending("queued", due_at=utc_now(), was_begun=True) if self._stop.asked else CANCELLED

    async def _watched(self, item: _Claimed, run: _Run, answering: "asyncio.Task[Ending]") -> Ending:
        """Shows that it is worked on, and ends it when nobody wants it any more."""
        clock = asyncio.get_running_loop().time
        asked_at: float | None = None
        while not (await asyncio.wait([answering], timeout=_LOOK_SECONDS))[0]:
            now = clock()
            if self._stop.asked:
                asked_at = asked_at or now
            if run.stopped_at is not None:
                if now - run.stopped_at > _PATIENCE_SECONDS:
                    answering.cancel()
            elif asked_at is not None and now - asked_at > _PATIENCE_SECONDS:
                run.stop(now)
            else:
                await self._look(item, run, now)
        return self._stopped() if answering.cancelled() else answering.result()

    async def _look(self, item: _Claimed, run: _Run, now: float) -> None:
        try:
            goes_on = await self._database.reads.fetch_value(
                queries.GOES_ON, batch_id=item.batch_id, number=item.number, claim_id=item.claim_id
            )
            if not goes_on:
                run.stop(now)
            elif now - run.kept_at > _KEEP_SECONDS:
                async with self._database.unit_of_work() as session:
                    await BatchRepository(session).keep(item.batch_id, item.number, item.claim_id, LEASE)
                run.kept_at = now
        except Exception as error:
            if not is_gone(error):
                raise

    async def _write(self, item: _Claimed, ending: Ending) -> None:
        await self._database.transact(lambda session: _written(session, item, ending))


async def _written(session: AsyncSession, item: _Claimed, ending: Ending) -> None:
    """Nothing where the batch is gone, or the item somebody else's."""
    batches = BatchRepository(session)
    batch = await batches.batch(item.batch_id)
    if batch is None:
        return
    if ending.status == "queued" and batch.cancelled_at is not None:
        ending = CANCELLED
    if ending.due_at is not None:
        tries = item.tries if ending.was_begun else item.tries - 1
        await batches.put_back(item.batch_id, item.number, item.claim_id, ending.due_at, tries)
        if ending.holds_all:
            await batches.wait_all(item.batch_id, ending.due_at)
        return
    values = {"status": ending.status, "result": ending.result, "error": ending.error}
    where = {"batch_id": item.batch_id, "number": item.number, "claim_id": item.claim_id}
    if await batches.end({**values, **where}):
        setattr(batch, ending.status, getattr(batch, ending.status) + 1)
        await finish(session, batch)
