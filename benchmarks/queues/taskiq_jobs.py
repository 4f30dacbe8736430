"""Taskiq on Redis streams: acknowledged when done, handed over after the commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from taskiq.acks import AcknowledgeType  # type: ignore[import-not-found] # runs in an environment of its own
from taskiq.api import run_receiver_task  # type: ignore[import-not-found] # as above
from taskiq_redis import RedisStreamBroker  # type: ignore[import-not-found] # as above

from benchmarks.queues.queue import CONNECTIONS, REDELIVERED_SECONDS, Committed, Place, worker_number


def broker_at(place: Place, pool: Any) -> tuple[Any, Any]:
    """The broker and its one task."""
    broker = RedisStreamBroker(
        place.redis_url,
        consumer_id="0",  # the default "$" leaves out what was sent before the group was there
        idle_timeout=REDELIVERED_SECONDS * 1000,
        unacknowledged_lock_timeout=REDELIVERED_SECONDS,
    )

    @broker.task(task_name="effect")  # type: ignore[untyped-decorator] # taskiq is not here when types are checked
    async def effect(event_id: str) -> None:
        await pool.execute("INSERT INTO effects (event_id, worker) VALUES ($1, $2)", event_id, worker_number())

    return broker, effect


class TaskiqDesk:
    def __init__(self, pool: Any, effect: Any) -> None:
        self._pool = pool
        self._effect = effect

    async def change(self, event_id: str) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO changes (id) VALUES ($1)", event_id)

    async def enqueue(self, event_id: str, committed: Committed) -> None:
        await self.change(event_id)
        committed()
        await self._effect.kiq(event_id)


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[TaskiqDesk]:
    async with asyncpg.create_pool(place.database_url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        broker, effect = broker_at(place, pool)
        await broker.startup()
        try:
            yield TaskiqDesk(pool, effect)
        finally:
            await broker.shutdown()


def work(place: Place) -> None:
    asyncio.run(_work(place))


async def _work(place: Place) -> None:
    async with asyncpg.create_pool(place.database_url, min_size=1, max_size=10) as pool:
        broker, _ = broker_at(place, pool)
        await run_receiver_task(broker, run_startup=True, ack_time=AcknowledgeType.WHEN_EXECUTED)
