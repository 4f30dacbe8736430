"""What may be spent: which budgets count, what a refusal says, when a budget begins anew."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from stoa.modules.ai.errors import BudgetSpent, PriceUnknown
from stoa.modules.ai.terms import FREE, Caller
from tests.ai.ledger.money import Money, end_of, hold_of

VISITOR = Caller(None, "visitor")
LAST_SECOND = datetime(2030, 1, 31, 23, 59, 59, tzinfo=UTC)


class TestRefusal:
    async def test_names_scope_limit_spent_reserved_needed_and_reset(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("site", 1_000_000)
        await money.budget("each:free", 200)
        ledger = money.at(lambda: LAST_SECOND)
        first = hold_of(ada)
        await ledger.reserve(first)
        await ledger.settle(end_of(first.call_id, 60))
        await ledger.reserve(hold_of(ada, 90))
        with pytest.raises(BudgetSpent) as refused:
            await ledger.reserve(hold_of(ada, 51))
        assert refused.value.status == 429
        assert refused.value.extra == {
            "scope": "user",
            "period": "day",
            "limit_micro_usd": 200,
            "spent_micro_usd": 60,
            "reserved_micro_usd": 90,
            "needed_micro_usd": 51,
            "resets_at": "2030-02-01T00:00:00+00:00",
        }
        assert refused.value.detail == (
            "Your budget for today is $0.0002; $0.00006 is spent and $0.00009 reserved, and this call may need "
            "$0.000051. It begins anew at 2030-02-01 00:00 UTC."
        )
        assert refused.value.retry_after == 1

    @pytest.mark.parametrize(
        ("scope", "period", "named", "resets"),
        [
            ("site", "month", "The site's budget for this month", "2030-02-01T00:00:00+00:00"),
            ("tier:free", "day", "Your tier's budget for today", "2030-01-16T00:00:00+00:00"),
            ("each:free", "month", "Your budget for this month", "2030-02-01T00:00:00+00:00"),
        ],
    )
    async def test_each_scope_and_period(self, money: Money, scope: str, period: str, named: str, resets: str) -> None:
        await money.budget(scope, 99, period)
        ledger = money.at(lambda: datetime(2030, 1, 15, 12, tzinfo=UTC))
        with pytest.raises(BudgetSpent, match=named) as refused:
            await ledger.reserve(hold_of(await money.caller("Ada")))
        assert refused.value.extra["resets_at"] == resets
        assert await money.look("SELECT count(*) FROM ai_calls") == [(0,)]

    async def test_who_is_refused_by_one_of_them_holds_in_none(self, money: Money) -> None:
        await money.budget("each:free", 99, "month")
        with pytest.raises(BudgetSpent):
            await money.ledger.reserve(hold_of(await money.caller("Ada")))
        assert await money.look("SELECT sum(reserved_micros) FROM ai_accounts") == [(0,)]


class TestWhichBudgetCounts:
    async def test_ones_own_counts_in_place_of_what_each_has(self, money: Money) -> None:
        ada, bob = await money.caller("Ada"), await money.caller("Bob")
        await money.budget("each:free", 50)
        await money.budget(f"user:{ada.user_id}", 150)
        assert (await money.ledger.reserve(hold_of(ada))).left_micros == 50
        with pytest.raises(BudgetSpent):
            await money.ledger.reserve(hold_of(bob))

    async def test_the_least_that_is_left_is_told(self, money: Money) -> None:
        ada = await money.caller("Ada")
        await money.budget("site", 500)
        await money.budget("each:free", 300)
        await money.budget("each:free", 900, "month")
        assert (await money.ledger.reserve(hold_of(ada))).left_micros == 200

    async def test_another_tier_is_another_purse(self, money: Money) -> None:
        await money.budget("tier:free", 100)
        await money.ledger.reserve(hold_of(await money.caller("Ada")))
        await money.ledger.reserve(hold_of(await money.caller("Bob", "pro")))
        with pytest.raises(BudgetSpent):
            await money.ledger.reserve(hold_of(await money.caller("Cleo")))

    async def test_visitors_share_their_tiers_and_have_none_of_their_own(self, money: Money) -> None:
        await money.budget("tier:visitor", 100)
        await money.budget("each:visitor", 1)
        await money.ledger.reserve(hold_of(VISITOR))
        with pytest.raises(BudgetSpent):
            await money.ledger.reserve(hold_of(VISITOR))

    async def test_without_budgets_nothing_is_limited_and_all_is_counted(self, money: Money) -> None:
        hold = hold_of(VISITOR, 10**12)
        assert (await money.ledger.reserve(hold)).left_micros is None
        assert await money.account("site", "month") == (0, 10**12)

    async def test_what_costs_nothing_passes_a_spent_budget(self, money: Money) -> None:
        await money.budget("site", 0)
        await money.ledger.reserve(hold_of(VISITOR, 0, price=FREE))


class TestUnknownPrice:
    async def test_refused_where_money_is_limited(self, money: Money) -> None:
        await money.budget("each:free", 10**12, "month")
        with pytest.raises(PriceUnknown, match="openai/gpt"):
            await money.ledger.reserve(hold_of(await money.caller("Ada"), None))
        assert await money.look("SELECT count(*) FROM ai_calls") == [(0,)]

    async def test_let_through_where_it_is_not_and_told_apart(self, money: Money) -> None:
        await money.budget("each:free", 10**12)
        pro = await money.caller("Pro", "pro")
        hold = hold_of(pro, None)
        assert (await money.ledger.reserve(hold)).left_micros is None
        await money.ledger.settle(end_of(hold.call_id, price=None))
        assert await money.look("SELECT calls, unpriced, cost_micros FROM ai_usage_days") == [(1, 1, 0)]


class TestPeriods:
    async def test_budgets_begin_anew_at_midnight_and_a_call_belongs_where_it_began(self, money: Money) -> None:
        now = LAST_SECOND
        ledger, ada = money.at(lambda: now), await money.caller("Ada")
        await money.budget("each:free", 100, "day")
        await money.budget("each:free", 150, "month")
        late = hold_of(ada)
        await ledger.reserve(late)
        with pytest.raises(BudgetSpent):
            await ledger.reserve(hold_of(ada, 1))
        now += timedelta(seconds=1)
        assert (await ledger.reserve(hold_of(ada))).left_micros == 0
        await ledger.settle(end_of(late.call_id, 60))
        found = await money.look(
            "SELECT period, begins::text, spent_micros, reserved_micros FROM ai_accounts "
            "WHERE scope = 'site' ORDER BY begins, period"
        )
        assert found == [
            ("month", "2030-01-01", 60, 0),
            ("day", "2030-01-31", 60, 0),
            ("day", "2030-02-01", 0, 100),
            ("month", "2030-02-01", 0, 100),
        ]
        assert await money.look("SELECT day::text, calls FROM ai_usage_days") == [("2030-01-31", 1)]


class TestAgainstAModel:
    @pytest.mark.parametrize("seed", range(4))
    async def test_refused_exactly_when_it_does_not_fit(self, money: Money, seed: int) -> None:
        """A purse in plain Python, beside the real one."""
        dice = random.Random(seed)  # noqa: S311 # no secret
        people = [await money.caller(name) for name in ("Ada", "Bob")]
        limits = {"site": 900, people[0].name: 500, people[1].name: 500}
        await money.budget("site", 900)
        await money.budget("each:free", 500)
        used, still_open = dict.fromkeys(limits, 0), []
        for _ in range(60):
            who, micros = dice.choice(people), dice.randint(0, 200)
            hold = hold_of(who, micros)
            fits = micros == 0 or all(used[name] + micros <= limits[name] for name in ("site", who.name))
            try:
                await money.ledger.reserve(hold)
            except BudgetSpent:
                assert not fits
                continue
            assert fits
            still_open.append((who, hold.call_id, micros))
            used["site"], used[who.name] = used["site"] + micros, used[who.name] + micros
            if dice.random() < 0.7:
                who, call_id, micros = still_open.pop(dice.randrange(len(still_open)))
                cost = max(10, micros // 2)
                await money.ledger.settle(end_of(call_id, cost))
                used["site"], used[who.name] = used["site"] + cost - micros, used[who.name] + cost - micros
        assert sum(await money.account("site")) == used["site"]
        assert (await money.audit()).faults == ()
