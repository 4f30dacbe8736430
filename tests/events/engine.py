"""What the tests of the engine share: events and handlers of their own, and a worker in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.event import Event
from stoa.events.loops import Stop, until_done
from stoa.events.pace import Pace
from stoa.events.publisher import publish
from stoa.events.queue.registry import Task, TaskRegistry
from stoa.events.registry import Handler, Registry, on
from stoa.events.scheduler import Job
from stoa.events.streams import RedisStreams
from stoa.events.transport import Transport
from stoa.events.worker import Work, Worker
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings

FAST = Pace(
    poll=0.05, block=0.05, claim_idle=0.3, first_retry=0.02, lease=0.3, patience=1.0, sweep=0.2, retriers=1, runners=1
)
LASTING = "CREATE TABLE effects (event_id uuid, handler text, number int)"


class BallThrown(Event):
    type: ClassVar[str] = "ball.thrown"
    about: ClassVar[str] = "ball"

    ball: str
    number: int = 0


async def note(session: AsyncSession, event: BallThrown, handler: str) -> None:
    """The effect: a row that would be there twice if the handler took effect twice."""
    values = {"id": event.id, "handler": handler, "number": event.number}
    await session.execute(text("INSERT INTO effects VALUES (:id, :handler, :number)"), values)


@on(BallThrown, group="catchers")
async def catch(event: BallThrown, session: AsyncSession) -> None:
    await note(session, event, "catch")


@on(BallThrown, group="watchers")
async def watch(event: BallThrown, session: AsyncSession) -> None:
    await note(session, event, "watch")


def work_of(*handlers: Handler[Any], jobs: Sequence[Job] = (), tasks: Sequence[Task[Any]] = ()) -> Work:
    return Work(Registry([*handlers, *(job.handler for job in jobs)]), jobs, TaskRegistry(tasks))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    settings = DatabaseSettings().model_copy(update={"database_pool": 12, "read_pool": 2})
    async with Database(settings, url) as database:
        yield database


@asynccontextmanager
async def working(
    database: Database, transport: Transport, work: Work, *, pace: Pace = FAST, **changes: Any
) -> AsyncIterator[Worker]:
    worker = Worker(database, transport, work, pace=replace(pace, **changes))
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop.ask()
        await asyncio.wait_for(running, 20)


async def throw(database: Database, count: int = 1) -> list[UUID]:
    """That many events, each recorded in a transaction of its own, again if its connection was cut."""
    events = [BallThrown(ball="red", number=number) for number in range(count)]
    for event in events:
        assert await until_done(partial(database.transact, partial(_record, event=event)), Stop())
    return [event.id for event in events]


async def _record(session: AsyncSession, event: BallThrown) -> None:
    await publish(session, event)


async def effects(url: str, handler: str = "catch") -> list[UUID]:
    return [row["event_id"] for row in await rows(url, "SELECT event_id FROM effects WHERE handler = $1", handler)]


async def rows(url: str, sql: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


async def until(ask: Callable[[], Awaitable[object]], what: str, seconds: float = 20.0) -> None:
    """Wait for a true answer; how long it takes decides nothing."""
    end = asyncio.get_running_loop().time() + seconds
    while not await ask():
        assert asyncio.get_running_loop().time() < end, f"waited in vain: {what}"
        await asyncio.sleep(0.02)


async def until_handled(url: str, ids: Sequence[UUID], handler: str = "catch") -> None:
    wanted = set(ids)

    async def all_there() -> bool:
        return wanted <= set(await effects(url, handler))

    await until(all_there, f"{len(ids)} events handled by {handler}")


def streams(url: str) -> RedisStreams:
    return RedisStreams(url)
