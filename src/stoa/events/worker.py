"""Everything that happens outside of requests, in one process: relay, consumers, retries, tasks, sweeper, scheduler.

Any number of workers may run beside each other, and each may die at any moment.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from stoa.shared.changes import ChangeListener
from stoa.shared.database import Database

from .consumer import Consumer
from .dispatch import Dispatcher
from .loops import Stop, keep_going, until_done, whenever_due
from .pace import Pace
from .points import Hook, nothing
from .queue.registry import TaskRegistry
from .queue.runner import TaskRunner
from .registry import Registry
from .relay import Relay
from .repository import CHANNEL
from .retries import Retries
from .scheduler import Job, Scheduler
from .sweeper import Sweeper
from .transport import Transport

log = structlog.get_logger("stoa.events")


Loop = tuple[str, Callable[[], Awaitable[bool]]]


@dataclass(frozen=True, slots=True)
class Work:
    """What the site does about its events: joined in `handlers/all.py`."""

    registry: Registry
    jobs: Sequence[Job]
    tasks: TaskRegistry


class Worker:
    """`run` works until `stop.ask()`; it then finishes what it has begun."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        work: Work,
        *,
        loops: Sequence[Loop] = (),
        stop: Stop | None = None,
        pace: Pace | None = None,
        at: Hook = nothing,
    ) -> None:
        """`loops` are further work by name: each is called while it says that there is more, then again soon."""
        self.stop = stop or Stop()
        self._database = database
        self._transport = transport
        self._work = work
        self._more = loops
        self._pace = pace or Pace()
        self._at = at
        self._recorded = asyncio.Event()
        self._sweeper = Sweeper(database, transport, work.registry, self._pace)

    async def run(self) -> None:
        await until_done(self._sweeper.know, self.stop)
        wake = self._recorded.set
        listener = ChangeListener(self._database.url, connected=wake, changed=wake, disconnected=wake, channel=CHANNEL)
        async with listener, asyncio.TaskGroup() as group:
            for name, part in self._parts():
                group.create_task(keep_going(name, part, self.stop), name=name)
            log.info("worker runs", handlers=len(self._work.registry.handlers))
            await self.stop.wait()
            wake()
            self._sweeper.sleeper.set()
        log.info("worker stopped")

    def _parts(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        pace, dispatcher = self._pace, Dispatcher(self._database, self._pace, self._at)
        relay = Relay(self._database, self._transport, pace, self._at)
        retries = Retries(self._database, self._work.registry, dispatcher, pace=pace, stop=self.stop, at=self._at)
        runner = TaskRunner(self._database, self._work.tasks, pace, self.stop)
        scheduler = Scheduler(self._database, self._work.jobs)
        return [
            ("relay", self._loop(relay.relay, self._recorded)),
            *[(f"retries {number}", self._loop(retries.retry)) for number in range(pace.retriers)],
            *[(f"tasks {number}", self._loop(runner.run_one)) for number in range(pace.runners)],
            ("scheduler", self._loop(scheduler.fire)),
            ("sweeper", self._loop(self._sweeper.sweep, self._sweeper.sleeper, pace.sweep)),
            *[(name, self._loop(loop)) for name, loop in self._more],
            *[(f"group {name}", self._group(name, dispatcher)) for name in self._work.registry.groups],
        ]

    def _loop(
        self, work: Callable[[], Awaitable[bool]], sleeper: asyncio.Event | None = None, every: float | None = None
    ) -> Callable[[], Awaitable[None]]:
        chosen = sleeper or asyncio.Event()
        return lambda: whenever_due(work, chosen, every or self._pace.poll, self.stop)

    def _group(self, group: str, dispatcher: Dispatcher) -> Callable[[], Awaitable[None]]:
        registry = self._work.registry
        consumer = Consumer(
            group, registry.of_group(group), registry.streams_of(group),
            name=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}", database=self._database,
            transport=self._transport, dispatcher=dispatcher, pace=self._pace,
            since=self._sweeper.since, lost=self._sweeper.streams_lost, at=self._at,
        )  # fmt: skip
        return lambda: consumer.run(self.stop)
