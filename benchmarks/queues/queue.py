"""What a queue under comparison offers to the processes that work and produce. Imports nothing but Python's own."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
"""Where the processes run, so that they find this package."""
SCHEMA = """
CREATE TABLE changes (id uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE effects (event_id uuid NOT NULL, worker int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
"""What the producer commits, and the effect that a job has. No key: what is doubled must show."""

REDELIVERED_SECONDS = 10
"""After so long, the work of a dead worker goes to another one; the same for all."""
CONNECTIONS = 4
"""Of a producer, to PostgreSQL."""

Committed = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the servers of this run are."""

    database_url: str
    redis_url: str


class Desk(Protocol):
    """Where a producer hands in work."""

    async def change(self, event_id: str) -> None:
        """Commit one row, and nothing else."""

    async def enqueue(self, event_id: str, committed: Committed) -> None:
        """Commit the same row and hand its job over, as users of this queue do; `committed` is called in between."""


class Queue(Protocol):
    """A module `benchmarks.queues.<name>_jobs`."""

    def opened(self, place: Place) -> AbstractAsyncContextManager[Desk]: ...

    def work(self, place: Place) -> None:
        """Be a worker until killed, or stopped by SIGTERM."""


def worker_number() -> int:
    """The process that was started as a worker; of those that it starts itself, too."""
    return os.getsid(0)
