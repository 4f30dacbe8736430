"""What the tests of the audit log share: people who act, and connections of the two database roles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from stoa.modules.audit.chain import ChainReport
from stoa.modules.audit.service import AuditReads, AuditService
from stoa.shared.database import Database
from stoa.shared.ids import new_id
from stoa.shared.security import Actor, Origin
from stoa.shared.settings_parts import DatabaseSettings

ADA = Actor(new_id(), "ada", "admin", frozenset(), "token", origin=Origin("192.0.2.7", "curl"))


def as_admin(url: str) -> str:
    return url.replace("//stoa@", "//postgres@", 1)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    async with Database(DatabaseSettings(), url) as database:
        yield database


async def record(database: Database, *actions: str) -> None:
    """One transaction for each act."""
    for action in actions:
        async with database.unit_of_work() as session:
            await AuditService(session).record(action, actor=ADA, subject_type="user", subject_id="someone")


async def check(url: str) -> ChainReport:
    async with opened(url) as database:
        return await AuditReads(database.reads).check()
