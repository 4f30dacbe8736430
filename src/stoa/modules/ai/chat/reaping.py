"""Ends answers whose process died: they are `cut`, with what was saved of them. The ledger's reaper bills the call."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.chat.models import Message
from stoa.modules.ai.chat.queries import LOST, SILENT_SECONDS
from stoa.modules.ai.chat.repository import ChatRepository
from stoa.modules.ai.prices.tokens import count
from stoa.shared.clock import utc_now
from stoa.shared.database import Database

SILENT: Final = timedelta(seconds=SILENT_SECONDS)
_AT_ONCE: Final = 100


def cut(message: Message) -> None:
    """What was saved of it stays."""
    message.status, message.error, message.error_code = "cut", LOST, "cut"
    message.size = count(message.content)
    message.ended_at = utc_now()


async def reap_answers(database: Database, silent: timedelta = SILENT) -> int:
    """How many there were."""

    async def work(session: AsyncSession) -> int:
        found = await ChatRepository(session).silent(utc_now() - silent, _AT_ONCE)
        for message in found:
            cut(message)
        return len(found)

    return await database.transact(work)


def reaping_answers(database: Database) -> Callable[[], Awaitable[bool]]:
    """Work for a worker's loop; it says whether more is due."""

    async def once() -> bool:
        return await reap_answers(database) == _AT_ONCE

    return once
