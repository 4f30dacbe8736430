"""The writing SQL of the ledger. Money is moved by the database's own functions, many calls in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Uuid, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.ledger.models import AiCall
from stoa.modules.ai.setup.models import AiBudget
from stoa.shared.database import DatabaseFunction

RESERVE = DatabaseFunction("ai_reserve")
"""Rows of holds; answers a verdict for each, in order."""
SETTLE_QUIETLY = DatabaseFunction("ai_settle_quietly")
"""As `LedgerRepository.settle`, where no account runs low; else it does nothing and fails with BUDGET_LOW."""
BUDGET_LOW = "AI001"
_ROWS = bindparam("calls", type_=JSONB)
_SUMS_OF_NOBODY = text(
    """
    WITH gone AS (DELETE FROM ai_usage_days WHERE user_id = :user RETURNING *)
    INSERT INTO ai_usage_days AS u (day, user_id, feature, provider, model, calls, failures, fallbacks, unpriced,
      input_tokens, cached_input_tokens, output_tokens, cost_micros, total_ms)
    SELECT day, '00000000-0000-0000-0000-000000000000', feature, provider, model, calls, failures, fallbacks, unpriced,
      input_tokens, cached_input_tokens, output_tokens, cost_micros, total_ms FROM gone
    ON CONFLICT (day, user_id, feature, provider, model) DO UPDATE SET
      calls = u.calls + excluded.calls, failures = u.failures + excluded.failures,
      fallbacks = u.fallbacks + excluded.fallbacks, unpriced = u.unpriced + excluded.unpriced,
      input_tokens = u.input_tokens + excluded.input_tokens,
      cached_input_tokens = u.cached_input_tokens + excluded.cached_input_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens,
      cost_micros = u.cost_micros + excluded.cost_micros, total_ms = u.total_ms + excluded.total_ms
    """
).bindparams(bindparam("user", type_=Uuid))
"""What somebody used is added to what nobody's calls used."""


class LedgerRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def settle(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """`ended`: ids of those that were open; `low`: accounts that went past four fifths of their budget."""
        found = await self._session.scalar(select(func.ai_settle(_ROWS)), {"calls": list(rows)})
        return dict(found or {})

    async def keep_alive(self, seen: Mapping[UUID, int]) -> None:
        """Those calls still run, with about so many tokens of answer until now."""
        written = orjson.dumps({str(call): tokens for call, tokens in seen.items()}).decode()
        await self._session.execute(
            text(
                "WITH running AS ("
                " SELECT id, seen.value::integer AS tokens FROM ai_calls"
                " JOIN jsonb_each_text(CAST(:seen AS jsonb)) AS seen ON id = seen.key::uuid"
                " WHERE status = 'open' ORDER BY id FOR UPDATE OF ai_calls SKIP LOCKED) "  # those end just now
                "UPDATE ai_calls SET alive_at = clock_timestamp(), output_tokens = running.tokens "
                "FROM running WHERE ai_calls.id = running.id"
            ),
            {"seen": written},
        )

    async def lost(self, before: datetime, limit: int) -> Sequence[AiCall]:
        """Open calls of processes that are gone; those that another reaper has in hand are left to it."""
        found = await self._session.scalars(
            select(AiCall)
            .where(AiCall.status == "open", AiCall.alive_at < before)
            .order_by(AiCall.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return found.all()

    async def forget(self, user_id: UUID) -> None:
        """The calls and their sums stay, and are nobody's; a budget that was set for this person goes."""
        await self._session.execute(
            update(AiCall).where(AiCall.user_id == user_id).values(user_id=None, api_key_id=None)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        await self._session.execute(_SUMS_OF_NOBODY, {"user": user_id})
        await self._session.execute(delete(AiBudget).where(AiBudget.scope == f"user:{user_id}"))
