"""The ledger of one process: holds money before a call, settles after it. Exact with any number of calls at once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.ai.errors import BudgetSpent, PriceUnknown
from stoa.modules.ai.events import AiBudgetLow
from stoa.modules.ai.ledger.gathering import Gathered
from stoa.modules.ai.ledger.holds import Held, Hold, Settlement, hold_row, never_begun, period_ends, settlement_row
from stoa.modules.ai.ledger.repository import BUDGET_LOW, RESERVE, SETTLE_QUIETLY, LedgerRepository
from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import Database, sqlstate

log = structlog.get_logger("stoa.ai")
_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 15.0
_PATIENCE_SECONDS: Final = 20.0
_OF_ONE: Final = (
    IntegrityError,
    DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
)
"""Faults of one row, such as a caller whose account is gone by now; all others are the database's."""

_AWAY: Final = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""A database that cannot be reached; while it starts, connecting raises the driver's own errors."""


class Ledger:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._holds = Gathered(self._reserve_all, "ai reservations", _OF_ONE, unheard=self._give_back)
        self._ends = Gathered(self._settle_all, "ai settlements", _OF_ONE)
        self._settling: set[asyncio.Task[None]] = set()

    async def reserve(self, hold: Hold) -> Held:
        """Hold it in all accounts, or in none; nothing for who is cancelled. Raises BudgetSpent, PriceUnknown."""
        verdict = await self._holds.ask(hold)
        if verdict["verdict"] == "held":
            return Held(hold.call_id, verdict["left_micros"])
        if verdict["verdict"] == "unpriced":
            raise PriceUnknown(
                f"Nobody knows what {hold.provider}/{hold.model} costs, and your use is limited by a budget. "
                "Whoever runs the site can set its price at /admin/ai."
            )
        raise self._spent(verdict)

    async def settle(self, settlement: Settlement) -> None:
        """Written once the database takes it, however long that is; a second time changes nothing."""
        await asyncio.shield(self._begin_settling(settlement))

    async def keep_alive(self, seen: Mapping[UUID, int]) -> None:
        """These calls run; a database that is away now hears of it the next time."""
        if not seen:
            return
        try:
            async with self._database.unit_of_work() as session:
                await LedgerRepository(session).keep_alive(seen)
        except _AWAY as error:
            log.warning("calls were not shown to be alive", error=type(error).__name__)

    async def close(self) -> None:
        """What is not written after 20 seconds is left to the reaper."""
        if self._settling:
            await asyncio.wait(self._settling, timeout=_PATIENCE_SECONDS)
        for task in self._settling:
            task.cancel()

    def _give_back(self, hold: Hold, verdict: dict[str, Any]) -> None:
        """Whoever asked is gone, and will neither use the money nor settle."""
        if verdict["verdict"] == "held":
            self._begin_settling(never_begun(hold))

    def _begin_settling(self, settlement: Settlement) -> asyncio.Task[None]:
        task = asyncio.create_task(self._settle(settlement), name=f"settling of ai call {settlement.call_id}")
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        return task

    async def _settle(self, settlement: Settlement) -> None:
        pause = _PAUSE_SECONDS
        while True:
            try:
                await self._ends.ask(settlement)
            except _OF_ONE:
                log.exception("a call cannot be settled and is left to the reaper", call=str(settlement.call_id))
                return
            except _AWAY as error:
                log.warning("a call is not settled yet", call=str(settlement.call_id), error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                return

    async def _reserve_all(self, holds: Sequence[Hold]) -> Sequence[dict[str, Any]]:
        rows = [hold_row(hold, self._clock()) for hold in holds]
        verdicts: list[dict[str, Any]] = orjson.loads(await self._database.call(RESERVE, orjson.dumps(rows).decode()))
        return verdicts

    async def _settle_all(self, settlements: Sequence[Settlement]) -> Sequence[None]:
        rows = [settlement_row(one) for one in settlements]

        async def work(session: AsyncSession) -> int:
            return await settle_rows(session, rows)

        try:
            told = orjson.loads(await self._database.call(SETTLE_QUIETLY, orjson.dumps(rows).decode()))
            ended = len(told["ended"])
        except asyncpg.PostgresError as error:
            if sqlstate(error) != BUDGET_LOW:
                raise
            ended = await self._database.transact(work)
        if ended < len(rows):
            log.warning("calls were settled before", count=len(rows) - ended, among=[row["id"] for row in rows][:10])
        return [None] * len(settlements)

    def _spent(self, verdict: dict[str, Any]) -> BudgetSpent:
        now = self._clock()
        resets_at = period_ends(verdict["period"], now)
        scope = str(verdict["scope"]).partition(":")[0]
        whose = {"site": "The site's", "tier": "Your tier's", "user": "Your"}[scope]
        period = {"day": "today", "month": "this month"}[verdict["period"]]
        detail = (
            f"{whose} budget for {period} is {_dollars(verdict['limit_micros'])}; {_dollars(verdict['spent_micros'])} "
            f"is spent and {_dollars(verdict['reserved_micros'])} reserved, and this call may need "
            f"{_dollars(verdict['needed_micros'])}. It begins anew at {resets_at:%Y-%m-%d %H:%M} UTC."
        )
        money = {f"{name}_micro_usd": verdict[f"{name}_micros"] for name in ("limit", "spent", "reserved", "needed")}
        extra = {"scope": scope, "period": verdict["period"], **money, "resets_at": resets_at.isoformat()}
        return BudgetSpent(detail, retry_after=max(1, int((resets_at - now).total_seconds())), extra=extra)


async def settle_rows(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> int:
    """Settle in the caller's transaction; how many were open. Accounts that run low are told of, once each."""
    found = await LedgerRepository(session).settle(rows)
    for low in found["low"]:
        await publish(session, AiBudgetLow(**low))
    return len(found["ended"])


def _dollars(micros: int) -> str:
    return f"${micros / 1_000_000:,.6f}".rstrip("0").rstrip(".")
