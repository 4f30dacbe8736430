"""The servers of a run, and a database of its own for each round on them, with an empty Valkey."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from redis import Redis
from tests.faults.machine import Machine

from benchmarks.queues.queue import ROOT, SCHEMA, Place
from stoa.shared.schema import upgrade

_TEMPLATE = "stoa"  # the database that the servers bring along
_MAKE_TABLES = "import sys; from benchmarks.queues import procrastinate_jobs as j; j.make_tables(sys.argv[1])"


class Round:
    """One database, which everything of the round is counted in."""

    def __init__(self, loop: asyncio.Runner, connection: asyncpg.Connection, place: Place) -> None:
        self.place = place
        self.valkey = Redis.from_url(place.redis_url, socket_timeout=5)
        self._loop = loop
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[asyncpg.Record]:
        return list(self._loop.run(self._connection.fetch(sql, *values)))

    def count(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def flush_valkey(self) -> None:
        self.valkey.flushall()

    def shorten_valkeys_file(self) -> None:
        """So that it takes nobody longer to start than others: what earlier rounds wrote is not read again."""
        self.valkey.bgrewriteaof()
        while self.valkey.info("persistence")["aof_rewrite_in_progress"]:
            time.sleep(0.02)

    def effects(self) -> int:
        return self.count("SELECT count(*) FROM effects")

    def has_effect_of(self, worker: int) -> bool:
        return bool(self.rows("SELECT FROM effects WHERE worker = $1 LIMIT 1", worker))

    def lost(self) -> int:
        return self.count(
            "SELECT count(*) FROM changes WHERE NOT EXISTS (SELECT FROM effects WHERE event_id = changes.id)"
        )

    def doubled(self) -> int:
        return self.count("SELECT count(*) FROM (SELECT event_id FROM effects GROUP BY 1 HAVING count(*) > 1) AS d")


class Site:
    """The servers, and the schema of all queues in a template."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.machine = Machine(folder / "data")
        self._rounds = 0
        try:
            self._make_template(python)
        except BaseException:
            self.machine.close()
            raise

    @contextmanager
    def round(self) -> Iterator[Round]:
        self._rounds += 1
        name = f"round_{self._rounds}"
        with asyncio.Runner() as loop:
            loop.run(self._as_admin(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER stoa"))
            url = self.machine.database_url.replace(f"/{_TEMPLATE}?", f"/{name}?")
            connection = loop.run(asyncpg.connect(url))
            made = Round(loop, connection, Place(url, self.machine.redis_url))
            try:
                made.flush_valkey()
                yield made
            finally:
                loop.run(connection.close())
                made.valkey.close()
                loop.run(self._as_admin(f"DROP DATABASE {name} WITH (FORCE)"))

    def _make_template(self, python: Path) -> None:
        url = self.machine.database_url
        upgrade(url, admin_url=_of_admin(url))
        command = [str(python), "-c", _MAKE_TABLES, url]
        subprocess.run(command, cwd=ROOT, check=True)
        with asyncio.Runner() as loop:
            loop.run(_execute(url, SCHEMA))

    async def _as_admin(self, sql: str) -> None:
        await _execute(_of_admin(self.machine.database_url).replace(f"/{_TEMPLATE}?", "/postgres?"), sql)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _of_admin(url: str) -> str:
    return url.replace("//stoa@", "//postgres@", 1)


@contextmanager
def site(python: Path) -> Iterator[Site]:
    """In a temporary folder; all of it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="stoa-bench-"))
    folder.chmod(0o755)
    made: Site | None = None
    try:
        made = Site(folder, python)
        yield made
    finally:
        if made is not None:
            made.machine.close()
        shutil.rmtree(folder, ignore_errors=True)
