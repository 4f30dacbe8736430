"""How calls end: once, whatever happens to the database, the process, or who waits."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from stoa.modules.ai.ledger.reaping import SILENT, reap
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.terms import Caller, Price, Usage
from tests.ai.ledger.money import DOLLAR, PRICE, Money, end_of, hold_of
from tests.ai.ledger.test_storm import NEVER_LONG
from tests.conftest import database as address

ROW = (
    "SELECT status, source, provider, model, input_tokens, cached_input_tokens, output_tokens, cost_micros, attempts "
    "FROM ai_calls"
)
LOW = "SELECT data ->> 'scope', data ->> 'period', data ->> 'spent_micros' FROM event_log WHERE type = 'ai.budget_low'"


class TestSettle:
    async def test_writes_what_it_used_and_frees_what_it_held(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"), 5_000)
        await money.ledger.reserve(hold)
        usage, price = Usage(1_000, 200, cached_input=600), Price(2 * DOLLAR, DOLLAR // 2, 8 * DOLLAR)
        await money.ledger.settle(
            end_of(hold.call_id, usage=usage, price=price, provider="gemini", model="flash", attempts=2)
        )
        cost = 400 * 2 + 600 // 2 + 200 * 8
        assert await money.look(ROW) == [("complete", "provider", "gemini", "flash", 1_000, 600, 200, cost, 2)]
        for scope in ("site", "tier:free", f"user:{hold.caller.user_id}"):
            assert await money.account(scope, "day") == await money.account(scope, "month") == (cost, 0)

    async def test_twice_changes_nothing_the_second_time(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        await money.ledger.reserve(hold_of(hold.caller, 700))  # which still runs
        await asyncio.gather(*(money.ledger.settle(end_of(hold.call_id, tokens)) for tokens in (60, 90)))
        await money.ledger.settle(end_of(hold.call_id, 70, status="error"))
        assert await money.account("site") == (60, 700)
        assert await money.look("SELECT status, cost_micros FROM ai_calls WHERE status <> 'open'") == [("complete", 60)]
        assert (await money.audit()).faults == ()

    async def test_costs_more_than_was_held_and_is_still_all_written(self, money: Money) -> None:
        await money.budget("site", 100)
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        await money.ledger.settle(end_of(hold.call_id, 250))
        assert await money.account("site") == (250, 0)

    async def test_done_although_whoever_waits_is_cancelled(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        settling = asyncio.create_task(money.ledger.settle(end_of(hold.call_id)))
        await asyncio.sleep(0)
        settling.cancel()
        await asyncio.wait([settling])
        await money.ledger.close()
        assert await money.account("site") == (60, 0)

    @pytest.mark.parametrize("usage", [Usage(10**30, 10**30), Usage(-5, -7, cached_input=-2), Usage(5, 5, 10**9)])
    async def test_a_providers_impossible_numbers_leave_one_row_that_adds_up(self, money: Money, usage: Usage) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        await money.ledger.settle(end_of(hold.call_id, usage=usage, fault="bad\0 \ud800 words"))
        [(cost, fault)] = await money.look("SELECT cost_micros, fault FROM ai_calls WHERE status = 'complete'")
        assert await money.account("site") == (cost, 0)
        assert cost >= 0
        assert fault == "bad ? words"

    async def test_tried_again_until_the_database_is_back(self, money: Money) -> None:
        holds = [hold_of(await money.caller("Ada")) for _ in range(3)]
        for hold in holds:
            await money.ledger.reserve(hold)
        name = (await money.look("SELECT current_database()"))[0][0]
        admin = await asyncpg.connect(address("postgres", user="postgres"))
        try:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            settling = asyncio.gather(*(money.ledger.settle(end_of(hold.call_id)) for hold in holds))
            done, _ = await asyncio.wait([settling], timeout=1.5)
            assert not done
            await money.ledger.keep_alive({holds[0].call_id: 1})
        finally:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await admin.close()
        await asyncio.wait_for(settling, 20)
        assert await money.account("site") == (180, 0)


class TestSumsOfTheDay:
    async def test_equal_the_ledger(self, money: Money) -> None:
        ada, bob = await money.caller("Ada"), await money.caller("Bob")
        ends: list[tuple[Caller, dict[str, Any]]] = [
            (ada, {}),
            (ada, {"status": "cut"}),
            (ada, {"attempts": 3}),
            (bob, {"provider": None, "model": None}),
        ]
        for who, changes in ends:
            hold = hold_of(who)
            await money.ledger.reserve(hold)
            await money.ledger.settle(end_of(hold.call_id, 60, **changes))
        found = await money.look(
            "SELECT user_id, model, calls, failures, fallbacks, input_tokens, output_tokens, cost_micros, total_ms "
            "FROM ai_usage_days ORDER BY model DESC"
        )
        assert found == [
            (ada.user_id, "gpt", 3, 1, 1, 30, 150, 180, 60),
            (bob.user_id, "", 1, 0, 0, 10, 50, 60, 20),
        ]
        assert (await money.audit()).faults == ()


class TestAudit:
    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE ai_accounts SET spent_micros = spent_micros + 1 WHERE scope = 'site' AND period = 'day'",
            "UPDATE ai_accounts SET reserved_micros = reserved_micros + 1 WHERE scope = 'tier:free'",
            "UPDATE ai_calls SET cost_micros = 0",
            "DELETE FROM ai_usage_days",
            "UPDATE ai_calls SET status = 'open', alive_at = now() - interval '1 hour'",
        ],
    )
    async def test_tells_each_fault(self, money: Money, damage: str) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        await money.ledger.settle(end_of(hold.call_id))
        assert (await money.audit()).faults == ()
        await money.run(damage)
        assert (await money.audit()).faults


class TestBudgetLow:
    async def test_told_once_when_four_fifths_are_spent(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("each:free", 200)
        await money.budget("site", 1_000, "month")
        told = []
        for tokens in (100, 59, 10, 20):
            hold = hold_of(ada, 10)
            await money.ledger.reserve(hold)
            await money.ledger.settle(end_of(hold.call_id, tokens))
            told.append(len(await money.look(LOW)))
        assert told == [0, 0, 1, 1]
        assert await money.look(LOW) == [(f"user:{ada.user_id}", "day", "169")]

    async def test_two_at_once_over_the_mark_tell_once(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("site", 1_000)
        holds = [hold_of(ada, 1) for _ in range(20)]
        await asyncio.gather(*(money.ledger.reserve(hold) for hold in holds))
        await asyncio.gather(*(Ledger(money.database).settle(end_of(hold.call_id)) for hold in holds))
        assert len(await money.look(LOW)) == 1


class TestReaper:
    async def test_bills_what_was_noted_until_the_process_died(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"), 500, input_tokens=30)
        await money.ledger.reserve(hold)
        await money.ledger.keep_alive({hold.call_id: 45})
        assert await reap(money.database, SILENT) == 0
        await money.run("UPDATE ai_calls SET alive_at = now() - interval '61 seconds'")
        assert await reap(money.database, SILENT) == 1
        assert await money.look(ROW) == [("lost", "estimated", "openai", "gpt", 30, 0, 45, 75, 1)]
        assert await money.account("site") == (75, 0)

    async def test_who_shows_to_be_alive_is_left_alone(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        await money.run("UPDATE ai_calls SET alive_at = now() - interval '10 minutes'")
        await money.ledger.keep_alive({hold.call_id: 5})
        assert await reap(money.database, SILENT) == 0

    async def test_a_settlement_after_the_reaper_changes_nothing(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"))
        await money.ledger.reserve(hold)
        assert await reap(money.database, NEVER_LONG) == 1
        await money.ledger.settle(end_of(hold.call_id, 90))
        assert await money.look("SELECT status, cost_micros FROM ai_calls") == [("lost", 10)]
        assert (await money.audit()).faults == ()

    async def test_leaves_alone_what_is_being_settled(self, money: Money) -> None:
        hold = hold_of(await money.caller("Ada"), price=PRICE)
        await money.ledger.reserve(hold)
        async with money.database.unit_of_work() as other:
            await other.execute(text("SELECT id FROM ai_calls FOR UPDATE"))
            assert await reap(money.database, NEVER_LONG) == 0
