"""A worker that dies at a chosen point. `worker.py DATABASE REDIS [POINT [COUNT]]`: by SIGKILL, the COUNTth time."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.pace import Pace
from stoa.events.points import Hook, nothing
from stoa.events.registry import on
from stoa.events.streams import RedisStreams
from stoa.events.worker import Worker
from stoa.shared.database import Database
from tests.events.engine import FAST, BallThrown, catch, note, opened, watch, work_of

DEADLY = -13


@on(BallThrown, group="deadly")
async def trip(event: BallThrown, session: AsyncSession) -> None:
    """Takes the process with it for one kind of ball."""
    if event.number == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    await note(session, event, "trip")


def deadly(point: str, count: int) -> Hook:
    left = count

    def die(reached: str) -> None:
        nonlocal left
        if reached == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return die


@asynccontextmanager
async def opened_when_it_answers(url: str) -> AsyncIterator[Database]:
    """Whoever is started while PostgreSQL comes up waits for it."""
    async with AsyncExitStack() as stack:
        while True:
            try:
                database = await stack.enter_async_context(opened(url))
                break
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.1)
        yield database


async def main(database_url: str, redis_url: str, at: Hook, *, pace: Pace = FAST, only_relay: bool = False) -> None:
    async with opened_when_it_answers(database_url) as database, RedisStreams(redis_url) as streams:
        worker = Worker(database, streams, work_of() if only_relay else work_of(catch, watch, trip), pace=pace, at=at)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop.ask)
        await worker.run()


if __name__ == "__main__":
    chosen = deadly(sys.argv[3], int(sys.argv[4])) if len(sys.argv) > 3 else nothing
    asyncio.run(main(sys.argv[1], sys.argv[2], chosen))
