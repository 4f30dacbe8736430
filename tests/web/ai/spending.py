"""What people spent on models, put into the ledger's tables as settled calls leave it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.ledger.models import AiAccount, AiCall, AiUsageDay
from stoa.modules.ai.setup.models import AiBudget
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.ids import new_id


@dataclass(frozen=True)
class Spent:
    """One settled call."""

    user_id: UUID
    micros: int
    model: str = "gpt-5-mini"
    provider: str = "openai"
    feature: str = "gateway"
    status: str = "complete"
    source: str = "provider"
    tokens: tuple[int, int] = (1204, 88)
    at: datetime = field(default_factory=utc_now)
    fault: str | None = None
    input_price: int | None = 250_000


async def put(db: Database, *calls: Spent) -> None:
    async def store(session: AsyncSession) -> None:
        for one in calls:
            session.add(_call(one))
            session.add(_day(one))
            await session.flush()

    await db.transact(store)


async def put_account(db: Database, scope: str, period: str, spent: int, reserved: int = 0) -> None:
    today = utc_now().date()
    begins = today if period == "day" else today.replace(day=1)
    account = AiAccount(scope=scope, period=period, begins=begins, spent_micros=spent, reserved_micros=reserved)

    async def store(session: AsyncSession) -> None:
        session.add(account)

    await db.transact(store)


async def put_budget(db: Database, scope: str, period: str, limit: int) -> None:
    async def store(session: AsyncSession) -> None:
        session.add(AiBudget(scope=scope, period=period, limit_micros=limit))

    await db.transact(store)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _call(one: Spent) -> AiCall:
    return AiCall(
        id=new_id(), user_id=one.user_id, feature=one.feature, asked_model=one.model, provider=one.provider,
        model=one.model, status=one.status, source=one.source, input_tokens=one.tokens[0],
        output_tokens=one.tokens[1], cost_micros=one.micros, input_price=one.input_price, attempts=1, total_ms=640,
        fault=one.fault, created_at=one.at, settled_at=one.at,
    )  # fmt: skip


def _day(one: Spent) -> AiUsageDay:
    """Its sums; each call of a day has a feature, provider or model of its own, or the table would need adding up."""
    sums: dict[str, Any] = {
        "calls": 1, "failures": int(one.status != "complete"), "fallbacks": 0, "unpriced": int(one.input_price is None),
        "input_tokens": one.tokens[0], "output_tokens": one.tokens[1], "cost_micros": one.micros, "total_ms": 640,
    }  # fmt: skip
    return AiUsageDay(
        day=one.at.date(), user_id=one.user_id, feature=one.feature, provider=one.provider, model=one.model, **sums
    )
