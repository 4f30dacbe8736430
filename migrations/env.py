"""Runs migrations in one transaction each, one process at a time, over the same driver as the product."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from stoa.shared.database import sqlalchemy_url
from stoa.tables import metadata

_LOCK = 7_864_020_517  # any number, the same in every process that migrates


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    engine = create_async_engine(sqlalchemy_url(context.config.attributes["url"]), poolclass=pool.NullPool)
    async with engine.connect() as lock, engine.connect() as connection:
        await lock.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
