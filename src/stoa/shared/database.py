"""The way to PostgreSQL: sessions for writing, a read session for reading, and the only commit there is.

Reading goes through `ReadSession`: its own type, read-only connections, no transaction around a single
statement. Writing goes through `Database.unit_of_work` or `SessionDep`, which commit once, at the end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol, Self, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import MetaData, Text, event
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from stoa.shared.errors import Unavailable
from stoa.shared.measure import add_statement, count_statement
from stoa.shared.queries import Query
from stoa.shared.settings_parts import DatabaseSettings

T = TypeVar("T")
TRY_AGAIN = {"40001", "40P01"}
_ATTEMPTS = 4
_CACHED_STATEMENTS = 512
_FUNCTIONS_AT_ONCE = 4


class Base(DeclarativeBase):
    """The root of all tables: named constraints, text without length, times with offset."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: TIMESTAMP(timezone=True), str: Text()}  # noqa: RUF012 # as SQLAlchemy wants it


class ConnectionPool(Protocol):
    """What reading needs of asyncpg's pool."""

    def get_idle_size(self) -> int: ...

    async def acquire(self, *, timeout: float | None) -> asyncpg.Connection: ...  # noqa: ASYNC109 # as asyncpg has it

    async def release(self, connection: asyncpg.Connection) -> None: ...


@dataclass(frozen=True, slots=True)
class DatabaseFunction:
    """A function that a migration made, which takes JSON and answers JSON, both as text."""

    name: str

    @property
    def sql(self) -> str:
        return f"SELECT {self.name}($1::text::jsonb)::text"


class ReadSession:
    """Runs `Query`s on read-only connections, each on its own; safe to share between tasks. JSON comes as text."""

    def __init__(self, pool: ConnectionPool, *, wait_seconds: float) -> None:
        self._pool = pool
        self._wait_seconds = wait_seconds

    async def fetch(self, query: Query, **values: object) -> list[asyncpg.Record]:
        async with self.connection() as connection:
            with count_statement():
                rows: list[asyncpg.Record] = await connection.fetch(query.sql, *query.arguments(values))
        return rows

    async def fetch_row(self, query: Query, **values: object) -> asyncpg.Record | None:
        async with self.connection() as connection:
            with count_statement():
                row: asyncpg.Record | None = await connection.fetchrow(query.sql, *query.arguments(values))
        return row

    async def fetch_value(self, query: Query, **values: object) -> Any:
        async with self.connection() as connection:
            with count_statement():
                return await connection.fetchval(query.sql, *query.arguments(values))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """One connection for several statements that need the same one."""
        try:
            wait = None if self._pool.get_idle_size() else self._wait_seconds  # a time limit costs a task
            connection = await self._pool.acquire(timeout=wait)
        except TimeoutError:
            raise Unavailable("All database connections are busy. Try again in a few seconds.") from None
        try:
            yield connection
        finally:
            await self._pool.release(connection)


class Database:
    """Engine and pools of one process. `async with Database(...)` opens and closes them."""

    def __init__(self, settings: DatabaseSettings, url: str) -> None:
        self._settings = settings
        self.url = url
        self._engine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=settings.database_pool,
            max_overflow=0,
            pool_timeout=settings.pool_seconds,
            hide_parameters=True,  # a fault is told without what people wrote
            connect_args={"server_settings": self._server_settings(), "command_timeout": None},
        )
        event.listen(self._engine.sync_engine, "before_cursor_execute", _count)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._functions: asyncpg.Pool[asyncpg.Record] | None = None
        self._reads: ReadSession | None = None

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=0,  # else asyncpg fills the log with tracebacks while the server is away
            max_size=self._settings.read_pool,
            reset=_keep_state,
            statement_cache_size=_CACHED_STATEMENTS,
            max_cached_statement_lifetime=0,
            server_settings={**self._server_settings(), "default_transaction_read_only": "on"},
        )
        self._functions = await asyncpg.create_pool(
            self.url,
            min_size=0,
            max_size=_FUNCTIONS_AT_ONCE,
            reset=_keep_state,
            server_settings=self._server_settings(),
        )
        await self._pool.release(await self._pool.acquire())  # the first reader need not wait for a connection
        self._reads = ReadSession(self._pool, wait_seconds=self._settings.pool_seconds)
        return self

    async def __aexit__(self, *_: object) -> None:
        for pool in (self._pool, self._functions):
            if pool is not None:
                await asyncio.wait_for(pool.close(), timeout=10)
        await self._engine.dispose()

    @property
    def reads(self) -> ReadSession:
        if self._reads is None:
            raise RuntimeError("the database is not open: use `async with database`")
        return self._reads

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions() as session:
            yield session
            await session.commit()

    async def transact(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run `work` in a transaction of its own; again, up to 4 times, after a deadlock or a serialization failure."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self.unit_of_work() as session:
                    return await work(session)
            except DBAPIError as error:
                if sqlstate(error) not in TRY_AGAIN or attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def call(self, function: DatabaseFunction, argument: str) -> str:
        """Have one of the database's own functions do its work by itself: one round trip, done for good on return.

        For what happens so often that the session's way, five times as long, counts. Again as `transact`.
        """
        if self._functions is None:
            raise RuntimeError("the database is not open: use `async with database`")
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._functions.acquire(timeout=self._settings.pool_seconds) as connection:
                    with count_statement():
                        answer: str = await connection.fetchval(function.sql, argument)
                    return answer
            except asyncpg.PostgresError as error:
                if sqlstate(error) not in TRY_AGAIN or attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _server_settings(self) -> dict[str, str]:
        return {
            "application_name": "stoa",
            "jit": "off",
            "timezone": "UTC",
            "statement_timeout": _milliseconds(self._settings.statement_seconds),
            "lock_timeout": _milliseconds(self._settings.lock_seconds),
            "idle_in_transaction_session_timeout": _milliseconds(2 * self._settings.statement_seconds),
        }


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.unit_of_work() as session:
        yield session


# The function scope is not decoration: with FastAPI's default scope the answer is sent before the commit.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


def reads_of(request: Request) -> ReadSession:
    """The read session of a request. A plain call: as a dependency it took a tenth of a read's time."""
    database: Database = request.app.state.database
    return database.reads


def database_of(request: Request) -> Database:
    """For what needs transactions of its own: around a password hash, say, none may be open."""
    database: Database = request.app.state.database
    return database


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-character code of an error, from SQLAlchemy's wrapper or from asyncpg."""
    original = getattr(error, "orig", error)
    code = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    return str(code) if code else None


def sqlalchemy_url(url: str) -> str:
    """`postgresql://...` as SQLAlchemy's asyncpg dialect wants it, with `sslmode` under asyncpg's name."""
    parts = urlsplit(url)
    query = [("ssl" if k == "sslmode" else k, v) for k, v in parse_qsl(parts.query)]
    return urlunsplit(("postgresql+asyncpg", parts.netloc, parts.path, urlencode(query), ""))


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


async def _keep_state(_: asyncpg.Connection) -> None:
    """Reading leaves no session state, so there is nothing to reset; the default costs a round trip."""


def _count(*_: object) -> None:
    add_statement()
