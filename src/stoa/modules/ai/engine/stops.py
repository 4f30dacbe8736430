"""Has a running call stopped by whichever process runs it: said in PostgreSQL, heard by all."""

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.engine.running import Running
from stoa.shared.changes import ChangeListener

CHANNEL: Final = "stoa_ai_stop"


async def announce_stop(session: AsyncSession, call_id: UUID) -> None:
    """Once this transaction commits, whoever runs the call hangs up."""
    await session.execute(text("SELECT pg_notify(:channel, :call)"), {"channel": CHANNEL, "call": str(call_id)})


def stop_listener(database_url: str, running: Running) -> ChangeListener:
    def heard(payload: str) -> None:
        running.stop(UUID(payload))

    return ChangeListener(database_url, connected=_nothing, disconnected=_nothing, channel=CHANNEL, heard=heard)


def _nothing() -> None:
    """A stop that was not heard is asked for again by whoever wants it."""
