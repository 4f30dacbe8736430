"""Real PostgreSQL and Valkey for every test: started once, migrated once into a template, copied for each worker.

Most tests run inside one transaction that is rolled back. What is about commits, locks or several processes asks for
`own_database_url`, a copy of the template of its own.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from redis import Redis

from stoa.local.servers import running_servers
from stoa.main import create_app
from stoa.shared.database import Database
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.media.pool import PicturePool
from stoa.shared.schema import upgrade
from stoa.shared.settings import Settings
from tests.people import People
from tests.savepoint import SavepointDatabase

_ADMIN = "TESTS_POSTGRES"
_VALKEY = "TESTS_VALKEY"
_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the process that leads."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    for name in [name for name in os.environ if name.startswith("STOA_") or name in {"DATABASE_URL", "REDIS_URL"}]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="stoa-tests-"))
    folder.chmod(0o755)
    _running.callback(shutil.rmtree, folder, ignore_errors=True)
    servers = _running.enter_context(running_servers(folder / "data"))
    os.environ[_ADMIN] = servers.database_url
    os.environ[_VALKEY] = servers.redis_url
    _make_template()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _running.close()


def _make_template() -> None:
    asyncio.run(_as_admin("CREATE DATABASE stoa_template OWNER stoa"))
    upgrade(database("stoa_template"), admin_url=database("stoa_template", user="postgres"))


def database(name: str, *, user: str = "stoa") -> str:
    """The address of another database on the server of the tests."""
    return os.environ[_ADMIN].replace("stoa@/stoa?", f"{user}@/{name}?")


async def _as_admin(statement: str) -> None:
    connection = await asyncpg.connect(database("postgres", user="postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def copy_of_template() -> AsyncIterator[str]:
    name = f"stoa_{uuid4().hex[:12]}"
    await _as_admin(f"CREATE DATABASE {name} TEMPLATE stoa_template OWNER stoa")
    try:
        yield database(name)
    finally:
        await _as_admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def database_url() -> AsyncIterator[str]:
    """A database of this worker's; what a test changes in it is rolled back."""
    async with copy_of_template() as url:
        yield url


@pytest.fixture
async def own_database_url() -> AsyncIterator[str]:
    """An empty database for one test, where commits are real."""
    async with copy_of_template() as url:
        yield url


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """Valkey, in a database of this worker's that is empty: what one test counted is no matter to the next."""
    return _emptied(_valkey_of(worker_id, 0))


@pytest.fixture(scope="module")
def house_redis_url(worker_id: str) -> str:
    """The same for a site that lives as long as its module: no other site's worker takes what happens there."""
    return _emptied(_valkey_of(worker_id, 4))


def _valkey_of(worker_id: str, first: int) -> str:
    number = first + (int(worker_id.removeprefix("gw")) + 1 if worker_id != "master" else 0)
    return f"{os.environ[_VALKEY].partition('?')[0]}?db={number}"


def _emptied(url: str) -> str:
    with Redis.from_url(url) as valkey:
        valkey.flushdb()
    return url


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a test: no page cache, since what a test changes is never committed."""
    monkeypatch.setenv("STOA_ENVIRONMENT", "test")
    monkeypatch.setenv("STOA_PAGE_CACHE_MB", "0")
    return Settings.load(env_file=None)


@pytest.fixture(scope="session")
async def _connection_database(database_url: str) -> AsyncIterator[SavepointDatabase]:
    async with SavepointDatabase(database_url) as opened:
        yield opened


@pytest.fixture
async def db(_connection_database: SavepointDatabase) -> AsyncIterator[Database]:
    """A database in a transaction that ends with the test."""
    async with _connection_database.rolled_back():
        yield _connection_database


@pytest.fixture(scope="session")
async def markdown() -> AsyncIterator[MarkdownPool]:
    """A worker that is started once."""
    pool = MarkdownPool()
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def pictures() -> AsyncIterator[PicturePool]:
    """A process that decodes pictures, started once it is needed."""
    pool = PicturePool()
    yield pool
    await asyncio.to_thread(pool.close)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="stoa-data-") as folder:
        yield Path(folder)


@pytest.fixture
async def app(
    db: Database,
    settings: Settings,
    redis_url: str,
    data_dir: Path,
    *,
    markdown: MarkdownPool,
    pictures: PicturePool,
) -> AsyncIterator[FastAPI]:
    made = create_app(
        settings,
        database_url=db.url,
        redis_url=redis_url,
        data_dir=data_dir,
        database=db,
        markdown=markdown,
        pictures=pictures,
    )
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP to the application; nobody is signed in."""
    async with client_of(app) as made:
        yield made


@pytest.fixture
def people(app: FastAPI) -> People:
    """Makes accounts, and clients for them."""
    return People(app)


@pytest.fixture
async def admin(people: People) -> httpx.AsyncClient:
    """Speaks HTTP as an admin."""
    return await people.client("admin")


def client_of(app: FastAPI, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", **options)
