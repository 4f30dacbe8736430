"""Jobs at fixed times. A due job is an event whose id is made from job and time: any number of schedulers, one event.

After a pause the latest time that was missed is made up for, earlier ones are not.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import Database

from .event import Event
from .publisher import publish
from .registry import Handler, on

_DAY = timedelta(days=1)


class JobDue(Event):
    """The base of due jobs; each job has a type of its own, `job.<name>`."""

    type: ClassVar[str] = "job.due"
    about: ClassVar[str] = "job"

    job: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done every so often: at `offset` after midnight UTC, and each `every` from there on."""

    name: str
    every: timedelta
    offset: timedelta
    handler: Handler[JobDue]

    def last_time(self, now: datetime) -> datetime:
        """The latest time at or before `now`."""
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight - _DAY + self.offset
        return first + ((now - first) // self.every) * self.every

    def event(self, time: datetime) -> JobDue:
        return self.handler.event(id=_id_of(self.name, time), job=self.name)


Function = Callable[[JobDue, AsyncSession], Awaitable[None]]


def every_day(
    name: str, *, hour: int, minute: int = 0, group: str, seconds: float = 600.0
) -> Callable[[Function], Job]:
    """Make a daily job of a handler: `@every_day("search-words", hour=3, group="search")`, the time in UTC."""

    def make(function: Function) -> Job:
        kind = type("JobDue", (JobDue,), {"type": f"job.{name}", "__module__": __name__})
        handler: Handler[JobDue] = on(kind, group=group, seconds=seconds, together=1)(function)
        return Job(name, _DAY, timedelta(hours=hour, minutes=minute), handler)

    return make


class Scheduler:
    def __init__(self, database: Database, jobs: Sequence[Job], clock: Clock = utc_now) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._told: set[UUID] = set()

    async def fire(self) -> bool:
        """Record the jobs that became due; false, for there is never more at once."""
        due = [job.event(job.last_time(self._clock())) for job in self._jobs]
        new = [event for event in due if event.id not in self._told]
        if new:
            await self._database.transact(lambda session: _publish_all(session, new))
            self._told = {event.id for event in due}
        return False


async def _publish_all(session: AsyncSession, events: Sequence[Event]) -> None:
    for event in events:
        await publish(session, event)


def _id_of(job: str, time: datetime) -> UUID:
    """A UUIDv8 (RFC 9562): 48 bits of the time like our other ids, the rest a digest of the job's name."""
    digest = int.from_bytes(hashlib.sha256(f"{job} {time.isoformat()}".encode()).digest()[:10])
    tail = digest & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=(int(time.timestamp() * 1000) << 80) | (0x8 << 76) | (0x2 << 62) | tail)
