"""A worker is killed at each point of an event's way, one test for each row of the failure matrix in docs/events.md."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from stoa.events.points import POINTS
from stoa.events.publisher import publish
from stoa.events.streams import RedisStreams
from stoa.shared.database import Database
from tests.events.engine import (
    FAST,
    BallThrown,
    catch,
    effects,
    rows,
    throw,
    until,
    until_handled,
    watch,
    work_of,
    working,
)
from tests.faults.worker import DEADLY, trip

GROUPS = ("catch", "watch", "trip")


@asynccontextmanager
async def killed_at(url: str, redis_url: str, point: str, count: int = 1) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process that is to die there."""
    command = [sys.executable, "-m", "tests.faults.worker", url, redis_url, point, str(count)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class TestKilledAt:
    @pytest.mark.parametrize("point", [point for point in POINTS if point != "retry.taken"])
    async def test_nothing_is_lost_nor_doubled(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str, point: str
    ) -> None:
        async with killed_at(url, redis_url, point) as worker:
            ids = await throw(database, 10)
            assert await asyncio.wait_for(worker.wait(), 30) == -9
        async with working(database, transport, work_of(catch, watch, trip)):
            for name in GROUPS:
                await until_handled(url, ids, name)
            await asyncio.sleep(3 * FAST.claim_idle)
        for name in GROUPS:
            assert sorted(await effects(url, name)) == sorted(ids)
        assert not await rows(url, "SELECT FROM event_dead")

    async def test_a_retry_that_was_taken_is_anybodys_again(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        await transport.ensure("catchers", ["stoa:events:ball"])
        ids = await throw(database)
        await rows(url, "INSERT INTO event_retry (event_id, handler) VALUES ($1, 'catchers.catch')", ids[0])
        async with killed_at(url, redis_url, "retry.taken") as worker:
            assert await asyncio.wait_for(worker.wait(), 30) == -9
        async with working(database, transport, work_of(catch)):
            await until_handled(url, ids)
        assert await effects(url) == ids


class TestAppKilled:
    """The process that records: before its commit there is neither change nor event, after it there are both."""

    @pytest.mark.parametrize("is_committed", [False, True])
    async def test_change_and_event_are_one(
        self, url: str, database: Database, transport: RedisStreams, is_committed: bool
    ) -> None:
        code = (
            "import asyncio, os, sys\n"
            "from sqlalchemy import text\n"
            "from stoa.events.publisher import publish\n"
            "from tests.events.engine import BallThrown, opened\n"
            "async def main():\n"
            "    async with opened(sys.argv[1]) as database:\n"
            "        async with database.unit_of_work() as session:\n"
            "            await session.execute(text(\"INSERT INTO effects VALUES (NULL, 'change', 1)\"))\n"
            "            await publish(session, BallThrown(ball='red'))\n"
            "            if sys.argv[2] == 'before': os.kill(os.getpid(), 9)\n"
            "        os.kill(os.getpid(), 9)\n"
            "asyncio.run(main())\n"
        )
        moment = "after" if is_committed else "before"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, moment)
        assert await process.wait() == -9
        expected = 1 if is_committed else 0
        assert len(await rows(url, "SELECT FROM effects WHERE handler = 'change'")) == expected
        async with working(database, transport, work_of(catch)):
            after = await throw(database)
            await until_handled(url, after)

            async def all_there() -> bool:
                return len(await effects(url)) == expected + 1

            await until(all_there, "the event of the change, if it was made")


class TestDeadlyHandler:
    async def test_is_parked_and_the_others_go_on(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        """Workers are started again as a supervisor does, until one lives."""
        innocent = await throw(database, 5)
        await database.transact(lambda session: publish(session, BallThrown(ball="red", number=DEADLY)))
        innocent += await throw(database, 5)
        deaths = 0

        async def parked() -> bool:
            return bool(await rows(url, "SELECT FROM event_dead"))

        while not await parked():
            async with killed_at(url, redis_url, "nowhere") as worker:
                ended = asyncio.create_task(worker.wait())
                await until(partial(_either, ended, parked), "it dies or the event is parked")
                deaths += ended.done()
            assert deaths < 20
        letter = (await rows(url, "SELECT * FROM event_dead"))[0]
        assert letter["handler"] == "deadly.trip"
        assert "worker ended 5 times" in letter["error"]
        assert FAST.tries < deaths <= FAST.tries + 3
        async with working(database, transport, work_of(catch, watch)):
            await until_handled(url, innocent)
        for name in GROUPS:
            assert sorted(set(await effects(url, name)) & set(innocent)) == sorted(innocent)
            assert len(await effects(url, name)) == len(set(await effects(url, name)))


async def _either(ended: "asyncio.Task[int]", parked: Callable[[], Awaitable[bool]]) -> bool:
    return ended.done() or await parked()


class TestWorker:
    async def test_sigterm_ends_it_in_order(self, url: str, database: Database, redis_url: str) -> None:
        async with killed_at(url, redis_url, "nowhere") as worker:
            ids = await throw(database, 20)
            await until_handled(url, ids)
            worker.terminate()
            assert await asyncio.wait_for(worker.wait(), 15) == 0
