"""Articles whose time came while nobody was there, or whose publishing was cut short: each goes out, and once."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from stoa.local.data_folder import choose
from stoa.local.postgres import url_of
from stoa.modules.content.articles.scheduling import BATCH
from stoa.modules.content.follows.repository import FollowRepository
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from tests.auth.calls import tokens
from tests.content.articles.calls import schedule, write
from tests.events.engine import rows, until
from tests.factories import publish_all
from tests.local.running import free_port
from tests.people import PASSWORD

MANY = 2 * BATCH + 20
MINUTE = 60
PUBLISHED = "SELECT data->>'article_id' AS id FROM event_log WHERE type = 'article.published'"
WAITING = "SELECT FROM articles WHERE status = 'scheduled'"
TOLD = "SELECT times FROM notifications WHERE type = 'article_published'"
BLOCKED = (
    "SELECT FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@asynccontextmanager
async def worker(url: str, redis_url: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker as `stoa up` starts it."""
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "stoa", "worker"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def held(url: str, table: str) -> AsyncIterator[None]:
    """Whoever wants to write into the table stands still, in the middle of what it does."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def killed_at(url: str, redis_url: str, folder: Path, table: str) -> None:
    """A worker that was killed while it was about to write into the table."""
    async with held(url, table), worker(url, redis_url, folder) as running:
        await until(lambda: rows(url, BLOCKED, table), f"the worker writes into {table}")
        running.kill()
        assert await running.wait() == -9


@pytest.fixture
async def due(database: Database) -> list[str]:
    """The ids of articles that are due, by an author whom somebody follows."""
    planned = {"status": "scheduled", "publish_at": datetime.now(UTC) - timedelta(seconds=1), "published_at": None}
    articles = await publish_all(database, [planned] * MANY)
    ben = NewUser(display_name="Ben", email="ben@example.com", username="ben", role="viewer", is_verified=True)
    async with database.unit_of_work() as session:
        author = await UserService(session).ensure_author("Ada Lovelace")
        await FollowRepository(session).add((await UserService(session).create(ben)).id, author_id=author.id)
    return sorted(str(article.id) for article in articles)


@pytest.mark.slow
class TestWorkerKilled:
    async def test_in_the_middle_of_publishing(self, url: str, redis_url: str, tmp_path: Path, due: list[str]) -> None:
        await killed_at(url, redis_url, tmp_path, "event_log")
        assert (len(await rows(url, WAITING)), await rows(url, PUBLISHED)) == (MANY, [])
        async with worker(url, redis_url, tmp_path):
            await until(lambda: rows(url, PUBLISHED), "some went out")
        async with AsyncExitStack() as both:
            for _ in range(2):
                await both.enter_async_context(worker(url, redis_url, tmp_path))
            await _all_out_and_told(url, due)

    async def test_while_followers_are_told(self, url: str, redis_url: str, tmp_path: Path, due: list[str]) -> None:
        await killed_at(url, redis_url, tmp_path, "notifications")
        async with worker(url, redis_url, tmp_path):
            await _all_out_and_told(url, due)


async def _all_out_and_told(url: str, due: list[str]) -> None:
    """Each article recorded once, and the one notice of the follower, which grows, has counted each once."""

    async def nothing_left() -> bool:
        tasks = await rows(url, "SELECT FROM queued_tasks WHERE state IN ('waiting', 'running')")
        return not await rows(url, WAITING) and sum(row["times"] for row in await rows(url, TOLD)) >= MANY and not tasks

    await until(nothing_left, "all are out and told of", seconds=3 * MINUTE)
    assert sorted(row["id"] for row in await rows(url, PUBLISHED)) == due
    assert [row["times"] for row in await rows(url, TOLD)] == [MANY]


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, which the servers' account can reach."""
    for name in ("DATABASE_URL", "REDIS_URL", "STOA_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="stoa-scheduled-", dir="/tmp")).resolve()
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def up(data: Path, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """`stoa up`; whatever came of it, nothing of it is left."""
    command = [sys.executable, "-m", "stoa", "up", "--no-demo", "--port", str(port), "--data-dir", str(data)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def kill_all(process: "subprocess.Popen[bytes]") -> None:
    """As when the power fails."""
    own = psutil.Process(process.pid)
    for one in [own, *own.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def make_account(data: Path, name: str, role: str) -> None:
    command = [sys.executable, "-m", "stoa", "user", "create", f"{name}@example.com", "--username", name]
    more = ["--role", role, "--password-stdin", "--data-dir", str(data)]
    subprocess.run([*command, *more], input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)


async def answered(client: httpx.AsyncClient, path: str) -> bool:
    with suppress(httpx.TransportError):
        return (await client.get(path)).status_code == 200
    return False


@pytest.mark.slow
class TestSiteDown:
    async def test_it_goes_out_within_a_minute_of_the_start(self, data: Path) -> None:
        port = free_port()
        async with AsyncExitStack() as stack:
            ada, ben, anybody = [
                await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}"))
                for _ in range(3)
            ]
            with up(data, port) as first:
                await until(lambda: answered(anybody, "/healthz"), "the site is up", MINUTE)
                for client, name, role in ((ada, "ada", "creator"), (ben, "ben", "viewer")):
                    await asyncio.to_thread(make_account, data, name, role)
                    client.headers["authorization"] = f"Bearer {(await tokens(client, name))['access_token']}"
                assert (await ben.put("/api/v1/users/ada/follow")).status_code == 204
                slug = (await write(ada, "Herons"))["slug"]
                publish_at = datetime.now(UTC) + timedelta(seconds=10)
                await schedule(ada, slug, publish_at.isoformat())
                kill_all(first)
            await asyncio.sleep((publish_at - datetime.now(UTC)).total_seconds() + 0.1)
            url = url_of(choose(data))
            with up(data, port):
                async with asyncio.timeout(MINUTE):
                    await until(lambda: answered(anybody, f"/articles/{slug}"), "the article is out", MINUTE)
                    await until(lambda: rows(url, TOLD), "the follower is told", MINUTE)
                told = (await anybody.get(f"/api/v1/articles/{slug}")).json()["published_at"]
                assert datetime.fromisoformat(told) == publish_at
                await asyncio.sleep(3)  # time for a second one, were there any
                assert [row["times"] for row in await rows(url, TOLD)] == [1]
                assert len(await rows(url, PUBLISHED)) == 1
