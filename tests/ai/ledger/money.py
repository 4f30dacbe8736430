"""What the tests of the ledger share: people who call, budgets, and sums looked up beside the ledger's own code."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from stoa.modules.ai.ledger.auditing import AuditReport, audit
from stoa.modules.ai.ledger.holds import Hold, Settlement
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.terms import Caller, Price, Usage
from stoa.modules.users.service import UserService
from stoa.shared.clock import Clock
from stoa.shared.database import Database
from stoa.shared.ids import new_id

DOLLAR = 1_000_000
PRICE = Price(input=DOLLAR, cached_input=DOLLAR, output=DOLLAR)
"""A token costs a micro-dollar."""


class Money:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger = Ledger(database)

    async def caller(self, name: str, tier: str = "free") -> Caller:
        async with self.database.unit_of_work() as session:
            return Caller((await UserService(session).ensure_author(name)).id, tier)

    async def budget(self, scope: str, micros: int, period: str = "day") -> None:
        await self.run(
            "INSERT INTO ai_budgets (scope, period, limit_micros) VALUES (:scope, :period, :micros)",
            scope=scope,
            period=period,
            micros=micros,
        )

    async def run(self, statement: str, **values: Any) -> None:
        async with self.database.unit_of_work() as session:
            await session.execute(text(statement), values)

    async def look(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.unit_of_work() as session:
            return [tuple(row) for row in await session.execute(text(statement), values)]

    async def account(self, scope: str, period: str = "day") -> tuple[int, int]:
        """Spent and reserved, of all its days or months."""
        [found] = await self.look(
            "SELECT coalesce(sum(spent_micros), 0)::bigint, coalesce(sum(reserved_micros), 0)::bigint "
            "FROM ai_accounts WHERE scope = :scope AND period = :period",
            scope=scope,
            period=period,
        )
        return found[0], found[1]

    async def audit(self) -> AuditReport:
        return await audit(self.database.reads)

    def at(self, clock: Clock) -> Ledger:
        return Ledger(self.database, clock)


def hold_of(caller: Caller, micros: int | None = 100, **changes: Any) -> Hold:
    plain = Hold(
        call_id=new_id(),
        caller=caller,
        feature="chat",
        asked_model="fast",
        is_stream=False,
        micros=micros,
        input_tokens=10,
        price=PRICE if micros is not None else None,
        provider="openai",
        model="gpt",
    )
    return replace(plain, **changes)


def end_of(call_id: UUID, tokens: int = 60, **changes: Any) -> Settlement:
    """It used `tokens` micro-dollars, ten of them for the question."""
    plain = Settlement(
        call_id=call_id,
        status="complete",
        usage=Usage(10, tokens - 10),
        price=PRICE,
        provider="openai",
        model="gpt",
        attempts=1,
        first_token_ms=5,
        total_ms=20,
        fault=None,
    )
    return replace(plain, **changes)
