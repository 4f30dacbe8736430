"""Procrastinate, a queue in PostgreSQL: the job is deferred in the transaction of the change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found] # runs in an environment of its own
from psycopg_pool import AsyncConnectionPool  # type: ignore[import-not-found] # as above

from benchmarks.queues.queue import CONNECTIONS, REDELIVERED_SECONDS, Committed, Place, worker_number

_CONCURRENCY = 10
_EVERY_FIVE_SECONDS = "* * * * * */5"  # the sixth field is the second


def app_at(place: Place, pool: Any) -> Any:
    app = App(connector=PsycopgConnector(conninfo=place.database_url, max_size=_CONCURRENCY))

    @app.task(name="effect")  # type: ignore[untyped-decorator] # procrastinate is not here when types are checked
    async def effect(event_id: str) -> None:
        async with pool.connection() as connection:
            values = [event_id, worker_number()]
            await connection.execute("INSERT INTO effects (event_id, worker) VALUES (%s, %s)", values)

    @app.periodic(cron=_EVERY_FIVE_SECONDS)  # type: ignore[untyped-decorator] # as above
    @app.task(name="stalled", queueing_lock="stalled")  # type: ignore[untyped-decorator] # as above
    async def stalled(timestamp: int) -> None:  # noqa: ARG001 # it is given by this name
        found = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=REDELIVERED_SECONDS)
        for job in found:
            await app.job_manager.retry_job(job)

    return app


class ProcrastinateDesk:
    def __init__(self, app: Any, pool: Any) -> None:
        self._effect = app.tasks["effect"]
        self._pool = pool

    async def change(self, event_id: str) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("INSERT INTO changes (id) VALUES (%s)", [event_id])

    async def enqueue(self, event_id: str, committed: Committed) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("INSERT INTO changes (id) VALUES (%s)", [event_id])
            await self._effect.configure(connection=connection).defer_async(event_id=event_id)
        committed()


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[ProcrastinateDesk]:
    async with AsyncConnectionPool(place.database_url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        app = app_at(place, pool)
        async with app.open_async():
            yield ProcrastinateDesk(app, pool)


def work(place: Place) -> None:
    asyncio.run(_work(place))


async def _work(place: Place) -> None:
    async with AsyncConnectionPool(place.database_url, min_size=1, max_size=_CONCURRENCY) as pool:
        app = app_at(place, pool)
        async with app.open_async():
            await app.run_worker_async(
                concurrency=_CONCURRENCY,
                update_heartbeat_interval=REDELIVERED_SECONDS / 4,
                stalled_worker_timeout=REDELIVERED_SECONDS,
            )


def make_tables(database_url: str) -> None:
    asyncio.run(_make_tables(database_url))


async def _make_tables(database_url: str) -> None:
    app = App(connector=PsycopgConnector(conninfo=database_url))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
