"""A database for tests: everything happens on one connection, in a transaction that is never committed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg
import orjson
from sqlalchemy import NullPool, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from stoa.shared.database import Database, DatabaseFunction, ReadSession, sqlalchemy_url
from stoa.shared.settings_parts import DatabaseSettings


class _OneConnection:
    """A pool of the one connection of the test; readers take turns."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    def get_idle_size(self) -> int:
        return 0

    async def acquire(self, *, timeout: float | None) -> asyncpg.Connection:  # noqa: ASYNC109 # as asyncpg has it
        await asyncio.wait_for(self._turn.acquire(), timeout)
        return self._connection

    async def release(self, connection: asyncpg.Connection) -> None:
        assert connection is self._connection
        self._turn.release()


class _ReadAsText(JSONB):
    """The connection passes JSON on as text; what is mapped is read here."""

    def result_processor(self, *_: object) -> Callable[[Any], Any]:
        return lambda value: orjson.loads(value) if isinstance(value, str) else value


class SavepointDatabase(Database):
    """Commits of the product release savepoints here; `rolled_back` undoes them all."""

    def __init__(self, url: str) -> None:
        super().__init__(DatabaseSettings(), url)
        self._engine_of_tests = create_async_engine(
            sqlalchemy_url(url),
            poolclass=NullPool,
            json_deserializer=str,  # reading passes JSON on as text
            connect_args={"server_settings": {"timezone": "UTC"}},
        )
        dialect = self._engine_of_tests.dialect
        dialect.colspecs = {**dialect.colspecs, JSONB: _ReadAsText}
        self._connection: AsyncConnection | None = None
        self._one: _OneConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine_of_tests.dispose()
        await self._engine.dispose()

    @asynccontextmanager
    async def rolled_back(self) -> AsyncIterator[None]:
        async with self._engine_of_tests.connect() as connection:
            outer = await connection.begin()
            raw = await connection.get_raw_connection()
            self._connection = connection
            assert raw.driver_connection is not None
            self._one = _OneConnection(raw.driver_connection)
            try:
                yield
            finally:
                await outer.rollback()

    @property
    def reads(self) -> ReadSession:
        assert self._one is not None
        return ReadSession(self._one, wait_seconds=5)

    async def call(self, function: DatabaseFunction, argument: str) -> str:
        statement = text(function.sql.replace("$1::text", "CAST(:argument AS text)"))
        async with self.unit_of_work() as session:
            return str(await session.scalar(statement, {"argument": argument}))

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        assert self._connection is not None
        session = AsyncSession(self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        async with session:
            yield session
            await session.commit()
