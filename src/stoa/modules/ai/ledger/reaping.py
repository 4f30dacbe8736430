"""Settles calls whose process died: the question, and what was noted of the answer until then, are billed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.ledger.holds import Settlement, settlement_row
from stoa.modules.ai.ledger.models import AiCall
from stoa.modules.ai.ledger.repository import LedgerRepository
from stoa.modules.ai.ledger.service import settle_rows
from stoa.modules.ai.terms import Price, Usage
from stoa.shared.clock import utc_now
from stoa.shared.database import Database

SILENT: Final = timedelta(seconds=60)
_AT_ONCE: Final = 200


async def reap(database: Database, silent: timedelta = SILENT) -> int:
    """Settle open calls that nobody showed to be alive for that long; how many there were."""

    async def work(session: AsyncSession) -> int:
        lost = await LedgerRepository(session).lost(utc_now() - silent, _AT_ONCE)
        return await settle_rows(session, [settlement_row(_settlement(call)) for call in lost]) if lost else 0

    return await database.transact(work)


def reaping(database: Database) -> Callable[[], Awaitable[bool]]:
    """Work for a worker's loop, to be done about every second; it says whether more is due."""

    async def once() -> bool:
        return await reap(database) == _AT_ONCE

    return once


def _settlement(call: AiCall) -> Settlement:
    price = None
    if call.input_price is not None and call.cached_input_price is not None and call.output_price is not None:
        price = Price(call.input_price, call.cached_input_price, call.output_price)
    return Settlement(
        call_id=call.id,
        status="lost",
        usage=Usage(call.input_tokens, call.output_tokens, source="estimated"),
        price=price,
        provider=call.provider,
        model=call.model,
        attempts=max(1, call.attempts),
        first_token_ms=None,
        total_ms=max(0, round((call.alive_at - call.created_at).total_seconds() * 1000)),
        fault="The process that made it ended.",
    )
