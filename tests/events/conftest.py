"""A database with real commits and empty streams for each test."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from stoa.events.streams import RedisStreams
from stoa.shared.database import Database
from tests.events.engine import LASTING, opened


@pytest.fixture
async def url(own_database_url: str) -> str:
    connection = await asyncpg.connect(own_database_url)
    await connection.execute(LASTING)
    await connection.close()
    return own_database_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with opened(url) as made:
        yield made


@pytest.fixture
async def transport(redis_url: str) -> AsyncIterator[RedisStreams]:
    async with RedisStreams(redis_url) as made:
        yield made
