"""Whose calls they were: handed out with the rest of one's data, and nobody's once the person is gone."""

import json

from stoa.modules.ai.ledger.personal_data import CallsOfPerson
from tests.ai.ledger.money import Money, end_of, hold_of


class TestCallsOfPerson:
    async def test_are_handed_out(self, money: Money) -> None:
        ada, bob = await money.caller("Ada"), await money.caller("Bob")
        holds = [hold_of(who) for who in (ada, bob)]
        for hold in holds:
            await money.ledger.reserve(hold)
            await money.ledger.settle(end_of(hold.call_id))
        assert ada.user_id is not None
        files = await CallsOfPerson().export(money.database.reads, ada.user_id)
        [call] = json.loads(files["ai-calls.json"])
        assert (call["id"], call["cost_micro_usd"]) == (str(holds[0].call_id), 60)

    async def test_are_nobodys_after_erasing_and_still_add_up(self, money: Money) -> None:
        people = [await money.caller(name) for name in ("Ada", "Bob")]
        holds = [hold_of(who) for who in (*people, people[0])]
        for hold in holds:
            await money.ledger.reserve(hold)
        for hold in holds[:2]:
            await money.ledger.settle(end_of(hold.call_id))
        for person in people:
            assert person.user_id is not None
            async with money.database.unit_of_work() as session:
                await CallsOfPerson().erase(session, person.user_id)
        await money.ledger.settle(end_of(holds[2].call_id))
        assert await money.look("SELECT count(*) FROM ai_calls WHERE user_id IS NULL") == [(3,)]
        assert await money.look("SELECT user_id::text, calls, cost_micros FROM ai_usage_days") == [
            ("00000000-0000-0000-0000-000000000000", 3, 180)
        ]
        assert (await money.audit()).faults == ()
