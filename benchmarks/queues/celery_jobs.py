"""Celery on Redis: late acknowledgement, one job fetched at a time, handed over after the commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg  # type: ignore[import-not-found] # runs in an environment of its own
from celery import Celery  # type: ignore[import-not-found] # as above
from psycopg_pool import ConnectionPool  # type: ignore[import-not-found] # as above

from benchmarks.queues.queue import CONNECTIONS, REDELIVERED_SECONDS, Committed, Place, worker_number

_OPTIONS = ["--pool=prefork", "--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]


def app_at(place: Place) -> Any:
    app = Celery("bench", broker=place.redis_url.replace("unix://", "redis+socket://"))
    app.conf.update(
        task_acks_late=True,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        worker_enable_remote_control=False,
        broker_transport_options={
            "visibility_timeout": REDELIVERED_SECONDS,
            "unacked_restore_interval": REDELIVERED_SECONDS / 2,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": REDELIVERED_SECONDS,
        },
    )
    connections: list[Any] = []

    @app.task(name="effect")  # type: ignore[untyped-decorator] # Celery is not here when types are checked
    def effect(event_id: str) -> None:
        if not connections:  # after the fork
            connections.append(psycopg.connect(place.database_url, autocommit=True))
        connections[0].execute("INSERT INTO effects (event_id, worker) VALUES (%s, %s)", [event_id, worker_number()])

    return app


class CeleryDesk:
    """Blocking, as Celery's users are: each call in a thread of its own."""

    def __init__(self, app: Any, pool: Any) -> None:
        self._effect = app.tasks["effect"]
        self._pool = pool

    async def change(self, event_id: str) -> None:
        await asyncio.to_thread(self._change, event_id)

    async def enqueue(self, event_id: str, committed: Committed) -> None:
        await asyncio.to_thread(self._enqueue, event_id, committed)

    def _change(self, event_id: str) -> None:
        with self._pool.connection() as connection:
            connection.execute("INSERT INTO changes (id) VALUES (%s)", [event_id])

    def _enqueue(self, event_id: str, committed: Committed) -> None:
        self._change(event_id)
        committed()
        self._effect.apply_async([event_id])


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[CeleryDesk]:
    with ConnectionPool(place.database_url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        yield CeleryDesk(app_at(place), pool)


def work(place: Place) -> None:
    app_at(place).worker_main(["worker", *_OPTIONS])
