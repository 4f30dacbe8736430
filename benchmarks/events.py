"""Events from commit to effect: `python -m benchmarks.events`. One handler with one row as its effect; fsync on.

Prints what recording adds to a transaction, the latency at a steady rate, and how fast a burst is drained.
"""

import argparse
import asyncio
import contextlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.event import Event
from stoa.events.publisher import publish
from stoa.events.queue.registry import TaskRegistry
from stoa.events.registry import Registry, on
from stoa.events.streams import RedisStreams
from stoa.events.worker import Work, Worker
from stoa.local.servers import running_servers
from stoa.shared.database import Database
from stoa.shared.schema import upgrade
from stoa.shared.settings_parts import DatabaseSettings

_EFFECTS = "CREATE TABLE effects (event_id uuid PRIMARY KEY, at timestamptz NOT NULL)"


class Ticked(Event):
    type: ClassVar[str] = "bench.ticked"
    about: ClassVar[str] = "number"

    number: int


@on(Ticked, group="bench")
async def effect(event: Ticked, session: AsyncSession) -> None:
    await session.execute(text("INSERT INTO effects VALUES (:id, clock_timestamp())"), {"id": event.id})


async def work(database_url: str, redis_url: str) -> None:
    async with _database(database_url) as database, RedisStreams(redis_url) as streams:
        worker = Worker(database, streams, Work(Registry([effect]), (), TaskRegistry()))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop.ask)
        await worker.run()


async def record(database: Database, count: int) -> list[UUID]:
    """Each in a transaction of its own, one after the other."""
    events = [Ticked(number=number) for number in range(count)]
    for event in events:
        await database.transact(lambda session, one=event: publish(session, one))  # type: ignore[misc] # a default
    return [event.id for event in events]


async def publish_cost(database: Database) -> None:
    """A transaction with one row, without and with an event, in turns."""
    times: dict[bool, list[float]] = {False: [], True: []}
    for number in range(600):
        began = time.perf_counter()
        async with database.unit_of_work() as session:
            await session.execute(text("INSERT INTO effects VALUES (gen_random_uuid(), now())"))
            if number % 2:
                await publish(session, Ticked(number=number))
        times[bool(number % 2)].append((time.perf_counter() - began) * 1000)
    plain, told = statistics.median(times[False]), statistics.median(times[True])
    print(f"publish: a transaction of one row {plain:.2f} ms, with an event {told:.2f} ms: {told - plain:+.2f} ms")


async def steady(database: Database, url: str, rate: int, seconds: float) -> None:
    """Latency from the commit's answer to the effect, at a rate that is kept by four connections."""
    asked: dict[UUID, float] = {}
    began = time.perf_counter()
    total = int(rate * seconds)

    async def one(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        event = Ticked(number=number)
        await database.transact(lambda session: publish(session, event))
        asked[event.id] = time.time()

    await asyncio.gather(*(one(number) for number in range(total)))
    took = time.perf_counter() - began
    await _until(url, list(asked))
    late = sorted([(row["at"].timestamp() - asked[row["event_id"]]) * 1000 for row in await _effects(url, list(asked))])
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    print(f"steady: {total / took:.0f}/s recorded, commit to effect p50 {p50:.1f} ms, p99 {p99:.1f} ms, all handled")


async def burst(database: Database, url: str, redis_url: str, count: int) -> None:
    """Recorded while nobody works, in few transactions; then drained."""
    ids: list[UUID] = []
    for _ in range(count // 1000):
        events = [Ticked(number=number) for number in range(1000)]
        async with database.unit_of_work() as session:
            for event in events:
                await publish(session, event)
        ids += [event.id for event in events]
    with workers(url, redis_url, 1):
        await _until(url, ids)
    times = [row["at"].timestamp() for row in await _effects(url, ids)]
    print(f"burst: {len(ids)} events drained by one worker at {len(ids) / (max(times) - min(times)):.0f}/s")


async def measure(database_url: str, redis_url: str, arguments: argparse.Namespace) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(_EFFECTS)
    await connection.close()
    async with _database(database_url) as database:
        await publish_cost(database)
        with workers(database_url, redis_url, 2):
            await _until(database_url, await record(database, 50))
            for rate in (200, 500):
                await steady(database, database_url, rate, arguments.seconds)
        await burst(database, database_url, redis_url, arguments.burst)


@contextlib.contextmanager
def workers(database_url: str, redis_url: str, count: int) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.events", "--work", database_url, redis_url]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _database(url: str) -> Database:
    return Database(DatabaseSettings().model_copy(update={"database_pool": 12, "read_pool": 1}), url)


async def _until(url: str, ids: Sequence[UUID]) -> None:
    while len(await _effects(url, ids)) < len(ids):  # noqa: ASYNC110 # other processes do it
        await asyncio.sleep(0.2)


async def _effects(url: str, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch("SELECT * FROM effects WHERE event_id = ANY($1)", list(ids)))
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=2, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--burst", type=int, default=20_000)
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(work(*arguments.work))
        return
    folder = Path(tempfile.mkdtemp(prefix="stoa-bench-"))
    folder.chmod(0o755)
    try:
        with running_servers(folder / "data") as servers:
            upgrade(servers.database_url, admin_url=servers.database_url.replace("//stoa@", "//postgres@", 1))
            asyncio.run(measure(servers.database_url, servers.redis_url, arguments))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
