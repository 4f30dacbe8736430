"""PostgreSQL and Valkey die, hang or are full under a worker that runs; they are children of the test itself."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from stoa.events.streams import RedisStreams
from stoa.shared.database import Database
from stoa.shared.schema import upgrade
from tests.events.engine import LASTING, catch, effects, opened, rows, throw, until_handled, watch, work_of, working
from tests.faults.machine import Machine

WAITING = "SELECT FROM event_log WHERE relayed_at IS NULL"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="stoa-faults-"))
    folder.chmod(0o755)
    made = Machine(folder / "data")
    upgrade(made.database_url, admin_url=made.database_url.replace("//stoa@", "//postgres@", 1))
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def database(machine: Machine) -> AsyncIterator[Database]:
    await rows(machine.database_url, "DROP TABLE IF EXISTS effects")
    await rows(machine.database_url, LASTING)
    async with opened(machine.database_url) as made:
        yield made


@pytest.fixture
async def transport(machine: Machine) -> AsyncIterator[RedisStreams]:
    async with RedisStreams(machine.redis_url) as made:
        yield made


class TestServerKilled:
    @pytest.mark.parametrize("name", ["valkey", "postgres"])
    async def test_nothing_is_lost_nor_doubled(
        self, machine: Machine, database: Database, transport: RedisStreams, name: str
    ) -> None:
        async with working(database, transport, work_of(catch, watch)):
            ids = await throw(database, 20)
            for _ in range(3):
                machine.kill_server(name)
                ids += await throw(database, 20)
            for handler in ("catch", "watch"):
                await until_handled(machine.database_url, ids, handler)
        for handler in ("catch", "watch"):
            assert sorted(await effects(machine.database_url, handler)) == sorted(ids)
        assert not await rows(machine.database_url, "SELECT FROM event_dead")


class TestValkeyAway:
    async def test_that_hangs_stops_no_commit(
        self, machine: Machine, database: Database, transport: RedisStreams
    ) -> None:
        async with working(database, transport, work_of(catch)):
            os.kill(machine.server_pid("valkey"), signal.SIGSTOP)
            try:
                ids = await asyncio.wait_for(throw(database, 20), 10)
                assert len(await rows(machine.database_url, WAITING)) == 20
            finally:
                os.kill(machine.server_pid("valkey"), signal.SIGCONT)
            await until_handled(machine.database_url, ids)
        assert sorted(await effects(machine.database_url)) == sorted(ids)

    async def test_that_is_full_lets_events_wait(
        self, machine: Machine, database: Database, transport: RedisStreams
    ) -> None:
        async with Redis.from_url(machine.redis_url) as valkey, working(database, transport, work_of(catch)):
            await until_handled(machine.database_url, await throw(database))
            await valkey.config_set("maxmemory", "1")
            try:
                ids = await throw(database, 20)
                await asyncio.sleep(1)
                assert len(await rows(machine.database_url, WAITING)) == 20
            finally:
                await valkey.config_set("maxmemory", "128mb")
            await until_handled(machine.database_url, ids)
