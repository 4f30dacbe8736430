"""Stoa's events: recorded in the transaction of the change, handled once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.queues.queue import CONNECTIONS, REDELIVERED_SECONDS, Committed, Place, worker_number
from stoa.events.event import Event
from stoa.events.pace import Pace
from stoa.events.publisher import publish
from stoa.events.queue.registry import TaskRegistry
from stoa.events.registry import Registry, on
from stoa.events.streams import RedisStreams
from stoa.events.worker import Work, Worker
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings

_PACE = replace(Pace(), claim_idle=REDELIVERED_SECONDS, lease=REDELIVERED_SECONDS, patience=2.0 * REDELIVERED_SECONDS)


class Changed(Event):
    type: ClassVar[str] = "bench.changed"
    about: ClassVar[str] = "change"

    change: str


@on(Changed, group="bench")
async def effect(event: Changed, session: AsyncSession) -> None:
    values = {"id": event.change, "worker": worker_number()}
    await session.execute(text("INSERT INTO effects (event_id, worker) VALUES (CAST(:id AS uuid), :worker)"), values)


class StoaDesk:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(self, event_id: str) -> None:
        async with self._database.unit_of_work() as session:
            await _change(session, event_id)

    async def enqueue(self, event_id: str, committed: Committed) -> None:
        async with self._database.unit_of_work() as session:
            await _change(session, event_id)
            await publish(session, Changed(change=event_id))
        committed()


async def _change(session: AsyncSession, event_id: str) -> None:
    await session.execute(text("INSERT INTO changes (id) VALUES (CAST(:id AS uuid))"), {"id": event_id})


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[StoaDesk]:
    async with _database(place.database_url, CONNECTIONS) as database:
        yield StoaDesk(database)


def work(place: Place) -> None:
    asyncio.run(_work(place))


async def _work(place: Place) -> None:
    async with _database(place.database_url, 12) as database, RedisStreams(place.redis_url) as streams:
        worker = Worker(database, streams, Work(Registry([effect]), (), TaskRegistry()), pace=_PACE)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop.ask)
        await worker.run()


def _database(url: str, pool: int) -> Database:
    return Database(DatabaseSettings().model_copy(update={"database_pool": pool, "read_pool": 1}), url)
