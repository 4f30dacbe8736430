"""Money under many callers at once: never over the limit, never refused while there is room, sums that add up."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

from stoa.modules.ai.errors import BudgetSpent
from stoa.modules.ai.ledger.reaping import reap
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.terms import Caller
from tests.ai.ledger.money import Money, end_of, hold_of
from tests.events.engine import opened

NEVER_LONG = timedelta(0)


async def attempt(ledger: Ledger, caller: Caller, micros: int = 100) -> bool:
    try:
        await ledger.reserve(hold_of(caller, micros))
    except BudgetSpent:
        return False
    return True


class TestStorm:
    async def test_four_hundred_calls_two_processes_some_crash(self, money: Money, own_database_url: str) -> None:
        people = [await money.caller(f"Person {number}") for number in range(8)]
        await money.budget("site", 20_000)
        await money.budget("tier:free", 20_000)
        await money.budget("each:free", 4_000)
        dice, ended = random.Random(7), Counter[str]()  # noqa: S311 # no secret

        async def call(ledger: Ledger, caller: Caller, fate: float) -> None:
            hold = hold_of(caller)
            try:
                await ledger.reserve(hold)
            except BudgetSpent:
                ended["refused"] += 1
                return
            spent = [await money.account(scope) for scope in ("site", f"user:{caller.user_id}")]
            assert spent[0][0] + spent[0][1] <= 20_000
            assert spent[1][0] + spent[1][1] <= 4_000
            if fate < 0.2:
                ended["crashed"] += 1
                return
            await ledger.settle(end_of(hold.call_id, 60))
            ended["settled"] += 1

        async with opened(own_database_url) as second:
            ledgers = (money.ledger, Ledger(second))
            callers = [people[number % 8] for number in range(400)]
            order = [*callers[:200], *reversed(callers[200:])]
            await asyncio.gather(*(call(ledgers[n % 2], one, dice.random()) for n, one in enumerate(order)))
            reaped = await asyncio.gather(reap(second, NEVER_LONG), reap(money.database, NEVER_LONG))

        assert sum(ended.values()) == 400
        assert sum(reaped) == ended["crashed"] > 0
        report = await money.audit()
        assert report.faults == ()
        assert report.calls == ended["settled"] + ended["crashed"]
        assert await money.account("site") == (60 * ended["settled"] + 10 * ended["crashed"], 0)
        assert await money.look("SELECT coalesce(max(reserved_micros), 0) FROM ai_accounts") == [(0,)]

    async def test_budget_for_exactly_n_lets_exactly_n_through(self, money: Money, own_database_url: str) -> None:
        """Twenty ledgers, so that twenty transactions are under way; their accounts are there already."""
        people = [await money.caller(f"Person {number}") for number in range(4)]
        await money.budget("site", 3_700)
        for one in people:
            await money.ledger.reserve(hold_of(one, 0))
        async with opened(own_database_url) as second:
            ledgers = [Ledger(database) for database in (money.database, second) for _ in range(10)]
            for _ in range(3):
                tried = await asyncio.gather(*(attempt(ledgers[n % 20], people[n % 4]) for n in range(60)))
                assert sum(tried) == 37
                await reap(second, NEVER_LONG)
                await money.run("UPDATE ai_accounts SET spent_micros = 0")
        assert await money.account("site") == (0, 0)

    async def test_who_is_refused_for_themselves_takes_nothing_from_others(self, money: Money) -> None:
        poor, rich = await money.caller("Poor"), await money.caller("Rich")
        await money.budget("site", 1_000)
        await money.budget(f"user:{poor.user_id}", 0)
        tried = await asyncio.gather(*(attempt(money.ledger, who) for _ in range(10) for who in (poor, rich)))
        assert tried == [False, True] * 10
        assert await money.account("site") == (0, 1_000)
        assert await money.account(f"user:{poor.user_id}") == (0, 0)

    async def test_a_big_call_that_does_not_fit_leaves_room_for_a_small_one(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("each:free", 100)
        tried = await asyncio.gather(*(attempt(money.ledger, ada, micros) for micros in (60, 60, 40, 1)))
        assert tried == [True, False, True, False]

    async def test_a_person_whose_account_is_gone_disturbs_nobody_else(self, money: Money) -> None:
        ada, gone = await money.caller("Ada"), await money.caller("Gone")
        await money.run("DELETE FROM users WHERE id = :id", id=gone.user_id)
        asked = [money.ledger.reserve(hold_of(who)) for who in (ada, gone, ada)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(one, Exception) for one in found] == [False, True, False]
        assert await money.account("site") == (0, 200)

    async def test_whoever_is_cancelled_while_reserving_holds_nothing(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("each:free", 10_000)
        for pauses in range(40):
            asking = asyncio.create_task(money.ledger.reserve(hold_of(ada)))
            for _ in range(pauses):
                await asyncio.sleep(0.0003)
            asking.cancel()
            [found] = await asyncio.gather(asking, return_exceptions=True)
            if not isinstance(found, BaseException):
                await money.ledger.settle(end_of(found.call_id, 60, price=None))
        await money.ledger.reserve(hold_of(ada))  # behind all that was asked before
        await money.ledger.close()
        assert await money.account(f"user:{ada.user_id}") == (0, 100)
        assert (await money.audit()).faults == ()
