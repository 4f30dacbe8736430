"""Handlers that fail, hang, kill their process or read what they do not know; and what is given up."""

import asyncio
from itertools import pairwise
from typing import ClassVar

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.events.relay import Relay
from stoa.events.streams import RedisStreams
from stoa.events.upkeep import replay
from stoa.shared.database import Database
from stoa.shared.errors import NotFound
from tests.events.engine import (
    FAST,
    BallThrown,
    catch,
    effects,
    note,
    rows,
    throw,
    until,
    until_handled,
    watch,
    work_of,
    working,
)
from tests.people import SHELL

STREAM = "stoa:events:ball"


class Tally:
    """How often the handler was called, and whether it may succeed."""

    def __init__(self) -> None:
        self.calls = 0
        self.is_mended = False


def stubborn(tally: Tally, number: int = -1) -> Handler[BallThrown]:
    """Fails for events of that number (-1: all), until mended."""

    @on(BallThrown, group="catchers")
    async def catch_badly(event: BallThrown, session: AsyncSession) -> None:
        await note(session, event, "catch")
        if number in {-1, event.number} and not tally.is_mended:
            tally.calls += 1
            raise RuntimeError("butterfingers")

    return catch_badly


async def until_dead(url: str) -> asyncpg.Record:
    async def buried() -> object:
        return await rows(url, "SELECT FROM event_dead")

    await until(buried, "a dead letter")
    return (await rows(url, "SELECT * FROM event_dead"))[0]


class TestHandlerThatFails:
    async def test_is_tried_five_times_and_given_up_with_its_error(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        tally = Tally()
        async with working(database, transport, work_of(stubborn(tally))):
            (event_id,) = await throw(database)
            letter = await until_dead(url)
            await asyncio.sleep(0.3)
        assert (letter["event_id"], letter["type"], letter["failures"]) == (event_id, "ball.thrown", 5)
        assert "butterfingers" in letter["error"]
        assert tally.calls == 5
        assert await effects(url) == []
        assert not await rows(url, "SELECT FROM event_retry")

    async def test_waits_longer_each_time(self) -> None:
        waits = [[FAST.backoff(n) for _ in range(50)] for n in range(1, 6)]
        for before, after in pairwise(waits):
            assert max(before) < min(after)
        assert len(set(waits[0])) > 1

    async def test_takes_effect_once_when_it_succeeds_at_last(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        tally = Tally()
        async with working(database, transport, work_of(stubborn(tally))):
            ids = await throw(database)

            async def failed() -> bool:
                return tally.calls >= 2

            await until(failed, "it failed")
            tally.is_mended = True
            await until_handled(url, ids)
        assert await effects(url) == ids

    async def test_harms_no_other_event_nor_handler(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        tally = Tally()
        async with working(database, transport, work_of(stubborn(tally, number=7), watch)):
            ids = await throw(database, 20)
            await until_dead(url)
            await until_handled(url, ids[:7] + ids[8:])
            await until_handled(url, ids, "watch")
        assert sorted(await effects(url)) == sorted(ids[:7] + ids[8:])

    async def test_replayed_it_takes_effect_once(self, url: str, database: Database, transport: RedisStreams) -> None:
        tally = Tally()
        async with working(database, transport, work_of(stubborn(tally))):
            ids = await throw(database)
            await until_dead(url)
            tally.is_mended = True
            names = await database.transact(lambda session: replay(session, ids[0], None, SHELL))
            assert names == ["catchers.catch_badly"]
            await until_handled(url, ids)
            assert not await rows(url, "SELECT FROM event_dead")
            with pytest.raises(NotFound):
                await database.transact(lambda session: replay(session, ids[0], None, SHELL))
        assert await effects(url) == ids

    async def test_that_hangs_is_ended_at_its_limit(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        @on(BallThrown, group="catchers", seconds=0.05)
        async def dream(_: BallThrown, session: AsyncSession) -> None:
            await session.execute(text("SELECT pg_sleep(5)"))

        async with working(database, transport, work_of(dream)):
            await throw(database)
            letter = await until_dead(url)
        assert "more than 0.05 s" in letter["error"]


class TestUnreadable:
    async def test_another_schema_is_not_guessed_at(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        class BallThrownTwo(BallThrown):
            schema_version: ClassVar[int] = 2

        @on(BallThrownTwo, group="catchers")
        async def modern(event: BallThrownTwo, session: AsyncSession) -> None:
            await note(session, event, "catch")

        async with working(database, transport, work_of(modern)):
            await throw(database)
            letter = await until_dead(url)
        assert "schema 1" in letter["error"]

    async def test_an_entry_that_is_no_event_stops_nobody(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        async with Redis.from_url(redis_url) as redis:
            for data in (b"", b"{", b"[]", b'{"id": 7}', b"\xff"):
                await redis.xadd(STREAM, {"id": "x", "type": "ball.thrown", "data": data})
            await redis.xadd(STREAM, {"other": "words"})
        async with working(database, transport, work_of(catch)):
            ids = await throw(database, 3)
            await until_handled(url, ids)


class TestDatabaseAway:
    async def test_nothing_is_given_up_nor_doubled(self, url: str, database: Database, transport: RedisStreams) -> None:
        """Its connections are cut again and again: far more often than a handler may fail."""
        async with working(database, transport, work_of(catch, watch), tries=2):
            ids = []
            for _ in range(12):
                ids += await throw(database, 10)
                await _cut_worker(url)
            await until_handled(url, ids)
            await until_handled(url, ids, "watch")
        assert sorted(await effects(url)) == sorted(ids)
        assert sorted(await effects(url, "watch")) == sorted(ids)
        assert not await rows(url, "SELECT FROM event_dead")


class TestDeadWorker:
    async def test_what_it_held_is_handled_by_another(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        await transport.ensure("catchers", [STREAM])
        ids = await throw(database, 5)
        await Relay(database, transport, FAST).relay()
        held = await transport.consume("catchers", "the-dead-one", [STREAM], most=10, wait=0.1)
        assert len(held) == 5
        async with working(database, transport, work_of(catch), patience=600.0):
            await until_handled(url, ids)
            assert await transport.pending("catchers", [STREAM]) == 0
        assert sorted(await effects(url)) == sorted(ids)

    async def test_a_worker_that_wakes_up_late_changes_nothing(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        """As after SIGSTOP: it has its transaction open while another one is to have the event."""
        asleep, wake = asyncio.Event(), asyncio.Event()

        @on(BallThrown, group="catchers", seconds=60)
        async def doze(event: BallThrown, session: AsyncSession) -> None:
            if not wake.is_set():
                asleep.set()
                await wake.wait()
            await note(session, event, "catch")

        async with working(database, transport, work_of(doze)):
            ids = await throw(database)
            await asleep.wait()
            async with working(database, transport, work_of(doze)):
                await asyncio.sleep(4 * FAST.claim_idle)
                wake.set()
                await until_handled(url, ids)
                await asyncio.sleep(4 * FAST.claim_idle)
        assert await effects(url) == ids


async def _cut_worker(url: str) -> None:
    connection = await asyncpg.connect(url.replace("//stoa@", "//postgres@", 1))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    finally:
        await connection.close()
