"""The way of an event through relay, streams and handlers, with real commits."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.event import Envelope
from stoa.events.pace import Pace
from stoa.events.publisher import publish
from stoa.events.registry import on
from stoa.events.relay import Relay
from stoa.events.repository import Sweeping
from stoa.events.streams import RedisStreams
from stoa.events.sweeper import Sweeper
from stoa.events.transport import TransportDown
from stoa.shared.database import Database
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

STREAM = "stoa:events:ball"
SLOW = replace(FAST, patience=600.0)
UNRELAYED = "SELECT id FROM event_log WHERE relayed_at IS NULL ORDER BY id"


class TestPublish:
    async def test_every_handler_acts_once(self, url: str, database: Database, transport: RedisStreams) -> None:
        async with working(database, transport, work_of(catch, watch)):
            ids = await throw(database, 50)
            await until_handled(url, ids, "catch")
            await until_handled(url, ids, "watch")
        assert sorted(await effects(url, "catch")) == sorted(ids)
        assert sorted(await effects(url, "watch")) == sorted(ids)

    async def test_nothing_is_heard_of_what_was_rolled_back(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        async def record_and_fail(session: AsyncSession) -> None:
            await publish(session, BallThrown(ball="lost"))
            await session.execute(text("INSERT INTO effects SELECT FROM no_such_table"))

        with pytest.raises(Exception, match="no_such_table"):
            await database.transact(record_and_fail)
        async with working(database, transport, work_of(catch)):
            ids = await throw(database)
            await until_handled(url, ids)
        assert await effects(url) == ids

    async def test_a_late_commit_hides_no_event(self, url: str, database: Database, transport: RedisStreams) -> None:
        early, late = BallThrown(ball="early"), BallThrown(ball="late")
        async with working(database, transport, work_of(catch)):
            async with database.unit_of_work() as session:
                await publish(session, early)  # its id is the smaller one, its commit the later one
                await database.transact(lambda other: publish(other, late))
                await until_handled(url, [late.id])
                assert await effects(url) == [late.id]
            await until_handled(url, [early.id])

    async def test_an_event_of_a_handler_is_recorded_with_its_effect(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        @on(BallThrown, group="catchers")
        async def throw_back(event: BallThrown, session: AsyncSession) -> None:
            if event.number < 3:
                await publish(session, BallThrown(ball="back", number=event.number + 1))
            await note(session, event, "catch")

        async with working(database, transport, work_of(throw_back)):
            await throw(database)

            async def four() -> bool:
                return len(await effects(url)) == 4

            await until(four, "the ball went to and fro")
        assert [row["number"] for row in await rows(url, "SELECT number FROM effects ORDER BY 1")] == [0, 1, 2, 3]


class TestStream:
    async def test_shows_readable_cloud_events(
        self, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        ids = await throw(database)
        await Relay(database, transport, FAST).relay()
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            entries: Any = await redis.xrange(STREAM)
        fields = entries[0][1]
        assert set(fields) == {"id", "type", "data"}
        told = json.loads(fields["data"])
        assert told["specversion"] == "1.0"
        assert (told["id"], told["type"]) == (str(ids[0]), "ball.thrown") == (fields["id"], fields["type"])
        assert (told["subject"], told["data"]) == ("ball:red", {"ball": "red", "number": 0})

    async def test_a_group_hears_what_was_sent_before_it_was_there(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        ids = await throw(database, 5)
        while await Relay(database, transport, FAST).relay():
            pass
        async with working(database, transport, work_of(catch), sweep=600.0):
            await until_handled(url, ids)

    async def test_what_every_group_has_done_with_is_cut_and_nothing_else(
        self, url: str, database: Database, redis_url: str
    ) -> None:
        async with Redis.from_url(redis_url) as redis, RedisStreams(redis_url, kept=10) as transport:
            await transport.ensure("slow", [STREAM])
            async with working(database, transport, work_of(catch)):
                ids = await throw(database, 20)
                await until_handled(url, ids)
                await asyncio.sleep(3 * FAST.sweep)
                all_of_it = await redis.xlen(STREAM)
                assert all_of_it >= 20
                found = await transport.consume("slow", "me", [STREAM], most=8, wait=0.1)
                await transport.acknowledge("slow", found[3:])  # the first three are in work still
                await asyncio.sleep(3 * FAST.sweep)
                assert await redis.xlen(STREAM) == all_of_it
                await transport.acknowledge("slow", found)

                async def is_cut() -> bool:
                    return bool(await redis.xlen(STREAM) == all_of_it - 8)

                await until(is_cut, "cut behind the slower group")

    async def test_the_newest_stay_to_be_looked_at(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            async with working(database, transport, work_of(catch)):
                ids = await throw(database, 3)
                await until_handled(url, ids)
                await asyncio.sleep(3 * FAST.sweep)
            found: Any = await redis.xread({STREAM: "0"})
        ((_, entries),) = found
        assert {fields["type"] for _, fields in entries} == {"ball.thrown"}
        assert {UUID(fields["id"]) for _, fields in entries} == set(ids)
        told = [json.loads(fields["data"])["data"] for _, fields in entries]
        assert {"ball": "red", "number": 0} in told


class TestRelay:
    async def test_two_relays_share_the_work(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        ids = await throw(database, 40)
        slow = _Slow(redis_url)
        first = asyncio.create_task(Relay(database, slow, _small()).relay())
        await slow.reached.wait()
        assert await Relay(database, transport, _small()).relay()  # it does not wait for those the first one holds
        slow.go.set()
        await first
        await slow.__aexit__()
        sent = await rows(url, "SELECT id, relays FROM event_log WHERE relayed_at IS NOT NULL")
        assert sorted(row["id"] for row in sent) == sorted(ids)
        assert {row["relays"] for row in sent} == {1}

    async def test_marks_nothing_when_valkey_is_gone(self, url: str, database: Database) -> None:
        await throw(database)
        async with RedisStreams("unix:///nowhere/valkey.sock") as nowhere:
            with pytest.raises(TransportDown):
                await Relay(database, nowhere, FAST).relay()
        assert await rows(url, "SELECT id FROM event_log WHERE relayed_at IS NULL")


class TestSweep:
    async def test_a_flushed_valkey_loses_nothing(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        async with working(database, transport, work_of(catch)):
            first = await throw(database, 5)
            await until_handled(url, first)
        backlog = await throw(database, 30)
        while await Relay(database, transport, FAST).relay():
            pass
        async with Redis.from_url(redis_url) as redis:
            await redis.flushdb()
        async with working(database, transport, work_of(catch), patience=600.0):
            await until_handled(url, backlog)
            more = await throw(database, 5)
            async with Redis.from_url(redis_url) as redis:
                await redis.flushdb()  # under a worker that runs
            await until_handled(url, more)
            last = await throw(database, 5)
            await until_handled(url, last)
        assert sorted(await effects(url)) == sorted([*first, *backlog, *more, *last])

    async def test_streams_that_are_lost_while_it_looks_after_them_are_not_forgotten(
        self, url: str, database: Database, redis_url: str
    ) -> None:
        """Somebody else finds the streams gone, and makes them, while the sweeper asks for them."""

        class MadeByAnother(RedisStreams):
            async def ensure(self, group: str, streams: Sequence[str]) -> bool:
                made = await super().ensure(group, streams)
                if not made:
                    sweeper.streams_lost()
                return made

        async with MadeByAnother(redis_url) as transport:
            sweeper = Sweeper(database, transport, work_of(catch).registry, SLOW)
            await sweeper.know()
            await transport.ensure("catchers", [STREAM])
            ids = await throw(database, 3)
            await Relay(database, transport, SLOW).relay()
            assert await sweeper.sweep(), "there is no word of another round"
            await sweeper.sweep()
        assert [row["id"] for row in await rows(url, UNRELAYED)] == sorted(ids)

    async def test_streams_that_are_lost_between_sending_and_marking_are_sent_again(
        self, url: str, database: Database, redis_url: str
    ) -> None:
        class LostOnceSent(RedisStreams):
            async def send_many(self, envelopes: Sequence[Envelope]) -> None:
                await super().send_many(envelopes)
                sweeper.streams_lost()
                sweeping.append(asyncio.create_task(sweeper.sweep()))
                await asyncio.wait(sweeping, timeout=0.3)

        sweeping: list[asyncio.Task[bool]] = []
        async with LostOnceSent(redis_url) as transport:
            sweeper = Sweeper(database, transport, work_of(catch).registry, SLOW)
            await sweeper.know()
            ids = await throw(database, 3)
            await Relay(database, transport, SLOW).relay()
            await asyncio.gather(*sweeping)
        assert [row["id"] for row in await rows(url, UNRELAYED)] == sorted(ids)

    async def test_an_entry_that_got_lost_is_sent_again(
        self, url: str, database: Database, transport: RedisStreams, redis_url: str
    ) -> None:
        await transport.ensure("catchers", [STREAM])
        ids = await throw(database, 3)
        await Relay(database, transport, FAST).relay()
        async with Redis.from_url(redis_url) as redis:
            await redis.xtrim(STREAM, maxlen=0)
        async with working(database, transport, work_of(catch)):
            await until_handled(url, ids)

    async def test_a_new_handler_is_not_sent_the_past(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        async with working(database, transport, work_of(catch)):
            old = await throw(database, 3)
            await until_handled(url, old)
        async with working(database, transport, work_of(catch, watch)):
            await asyncio.sleep(5 * FAST.sweep)
            new = await throw(database, 3)
            await until_handled(url, new, "watch")
            await asyncio.sleep(2 * FAST.patience)
        assert not set(await effects(url, "watch")) & set(old)

    async def test_one_at_a_time(self, database: Database) -> None:
        async with database.unit_of_work() as one, database.unit_of_work() as other:
            assert await Sweeping(one, []).lock()
            assert not await Sweeping(other, []).lock()


class TestDrain:
    async def test_what_has_begun_is_finished(self, url: str, database: Database, transport: RedisStreams) -> None:
        begun, go = asyncio.Event(), asyncio.Event()

        @on(BallThrown, group="catchers")
        async def slowly(event: BallThrown, session: AsyncSession) -> None:
            begun.set()
            await go.wait()
            await note(session, event, "catch")

        async with working(database, transport, work_of(slowly)) as worker:
            ids = await throw(database)
            await begun.wait()
            worker.stop.ask()
            go.set()
        assert await effects(url) == ids
        assert await transport.pending("catchers", [STREAM]) == 0


class TestRepeat:
    async def test_the_same_event_is_recorded_once(self, url: str, database: Database) -> None:
        event = BallThrown(ball="red")
        for _ in range(2):
            await database.transact(lambda session: publish(session, event))
        assert len(await rows(url, "SELECT id FROM event_log")) == 1

    async def test_an_entry_that_comes_twice_takes_effect_once(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        event = BallThrown(ball="red")
        await database.transact(lambda session: publish(session, event))
        await transport.send_many([Envelope.of(event, None)] * 3)
        async with working(database, transport, work_of(catch)):
            await until_handled(url, [event.id])
            after = await throw(database)
            await until_handled(url, after)
        assert sorted(await effects(url)) == sorted([event.id, *after])

    async def test_the_inbox_refuses_a_second_row(self, database: Database) -> None:
        async with database.unit_of_work() as session:
            await session.execute(text("INSERT INTO event_inbox (event_id, handler) VALUES (gen_random_uuid(), 'a')"))
        with pytest.raises(IntegrityError):
            async with database.unit_of_work() as session:
                await session.execute(
                    text("INSERT INTO event_inbox (event_id, handler) SELECT event_id, 'a' FROM event_inbox")
                )


class _Slow(RedisStreams):
    """Sends only when told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def send_many(self, envelopes: Sequence[Envelope]) -> None:
        self.reached.set()
        await self.go.wait()
        await super().send_many(envelopes)


def _small() -> Pace:
    return replace(FAST, relay_batch=20)
