"""Items of batches are done as single calls are: in order, once each, within limits and budgets, whoever dies."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.batches.repository import BatchRepository
from stoa.modules.ai.batches.working import LEASE
from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id
from tests.ai.batches.working import (
    BATCH,
    TEXT,
    asked,
    ended,
    moderate,
    once,
    once_all_ended,
    queued,
    read,
    stands_still,
    summarize,
    worker,
)
from tests.ai.site import AiSite


class TestBatch:
    async def test_is_answered_as_the_single_calls_are_in_order(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller = await idle.caller()
        model = f"{idle.provider}/fake-ok"
        items = [
            moderate("You idiot, I will kill you.", id="rude"),
            summarize(idle, TEXT),
            {"call": "classify", "id": "none", "body": {"text": TEXT, "model": "none-such", "method": "model"}},
            {"call": "generate", "body": {"template": "social", "parameters": {"text": "Bread."}, "model": model}},
            {"call": "classify", "body": {"text": TEXT, "method": "plain"}},
        ]
        batch_id = await queued(idle, caller, items)
        async with worker(idle, redis_url, data_dir):
            told = await ended(idle, caller, batch_id)
        assert (told["status"], told["done"], told["failed"], told["cancelled"]) == ("done", 4, 1, 0)
        rude, summary, none, text, food = told["items"]
        assert (rude["id"], rude["result"]["verdict"]) == ("rude", "hold")
        assert (summary["result"]["method"], summary["result"]["model"]) == ("model", "fake-ok")
        assert (text["result"]["template"]["name"], text["result"]["finish_reason"]) == ("social", "stop")
        assert food["result"]["category"] == "food"
        assert (none["status"], none["result"], none["error"]["status"]) == ("failed", None, 404)
        async with idle.client(caller) as client:
            alone = await client.post("/api/v1/ai/classify", json=items[2]["body"])
        told_alone = {name: value for name, value in alone.json().items() if name != "request_id"}
        assert none["error"] == told_alone
        rows = await idle.settled(caller, 4)
        assert {row["feature"] for row in rows} == {"moderate", "summarize", "generate:social", "classify"}
        results = {one["result"]["id"] for one in told["items"] if one["result"]}
        assert results == {str(row["id"]) for row in rows}
        recorded = await idle.rows("SELECT data FROM event_log WHERE aggregate = $1", f"batch:{batch_id}")
        assert len(recorded) == 1

    async def test_of_two_workers_asks_the_provider_once_for_each_item(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller, other = await idle.caller(), await idle.caller()
        batches = [
            (who, await queued(idle, who, [summarize(idle, f"Boat {number} of {name}.") for number in range(20)]))
            for name, who in (("one", caller), ("two", other))
        ]
        async with worker(idle, redis_url, data_dir), worker(idle, redis_url, data_dir):
            told = [await ended(idle, who, batch_id) for who, batch_id in batches]
        assert [one["done"] for one in told] == [20, 20]
        assert len(idle.upstream.bill.calls) == 40
        for who, _ in batches:
            assert {row["feature"] for row in await idle.settled(who, 20)} == {"summarize"}

    async def test_of_one_person_does_not_hold_up_anothers(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        caller, other = await idle.caller(), await idle.caller()
        many = await queued(idle, caller, [moderate(f"Hello {number}.") for number in range(60)])
        few = await queued(idle, other, [moderate()])
        async with worker(idle, redis_url, data_dir):
            told = await ended(idle, other, few)
            rest = await ended(idle, caller, many)
        assert told["finished_at"] < rest["items"][10]["ended_at"]


class TestDeadWorker:
    async def test_leaves_its_item_to_the_next(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [moderate(), moderate("Bye.")])
        assert await idle.database.transact(partial(_claim, claim_id=new_id())) is not None
        async with worker(idle, redis_url, data_dir):
            told = await once(idle, caller, batch_id, done=1)
            assert [one["status"] for one in told["items"]] == ["running", "done"]
            await idle.rows("UPDATE ai_batch_items SET due_at = now() WHERE status = 'running'")
            told = await ended(idle, caller, batch_id)
        assert [(one["status"], one["tries"]) for one in told["items"]] == [("done", 2), ("done", 1)]

    async def test_writes_nothing_into_what_the_next_one_does(self, idle: AiSite) -> None:
        batch_id = await queued(idle, await idle.caller(), [moderate()])
        dead, living = new_id(), new_id()
        for claim_id in (dead, living):
            claim = partial(_claim, claim_id=claim_id)
            assert await idle.database.transact(claim) is not None
            assert await idle.database.transact(claim) is None
            await idle.rows("UPDATE ai_batch_items SET due_at = now()")
        late = {"batch_id": UUID(batch_id), "number": 1, "status": "failed", "result": None, "error": "{}"}
        for claim_id, is_written in ((dead, False), (living, True)):
            ends = partial(_end, values={**late, "claim_id": claim_id})
            assert await idle.database.transact(ends) is is_written

    async def test_after_death_upon_death_fails_its_item(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [moderate()])
        await idle.rows("UPDATE ai_batch_items SET tries = 5, status = 'running', claim_id = gen_random_uuid()")
        async with worker(idle, redis_url, data_dir):
            told = await ended(idle, caller, batch_id)
        [item] = told["items"]
        assert (item["status"], item["error"]["type"]) == ("failed", "/docs/problems#worker-died")
        assert await idle.calls(caller) == []

    async def test_that_is_stopped_puts_back_what_it_could_not_finish(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [summarize(idle, "A boat.", "first-50000")])
        async with worker(idle, redis_url, data_dir) as stop:
            await once(idle, caller, batch_id, status="running")
            await asked(idle, 1)
            stop.ask()
        [item] = (await read(idle, caller, batch_id))["items"]
        assert (item["status"], item["tries"]) == ("queued", 1)
        [row] = await idle.settled(caller)
        assert row["status"] == "stopped"


class TestCancel:
    async def test_stops_what_runs_and_what_was_answered_stays(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller = await idle.caller()
        items = [moderate(), summarize(idle, "A boat.", "first-50000"), summarize(idle, "A train.", "first-50000")]
        batch_id = await queued(idle, caller, [*items, moderate("Bye.")])
        async with worker(idle, redis_url, data_dir):
            await once(idle, caller, batch_id, done=1)
            await asked(idle, 2)
            async with idle.client(caller) as client:
                told = (await client.post(f"{BATCH}/{batch_id}/cancel")).json()
            assert (told["status"], told["finished_at"]) == ("cancelled", None)
            told = await ended(idle, caller, batch_id)
        assert [one["status"] for one in told["items"]] == ["done", "cancelled", "cancelled", "cancelled"]
        assert (told["done"], told["cancelled"]) == (1, 3)
        rows = await idle.settled(caller, 3)
        assert [row["status"] for row in rows if row["feature"] == "summarize"] == ["stopped", "stopped"]

    async def test_leaves_another_batch_alone_that_waits_for_the_same_answer(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller = await idle.caller()
        idle.upstream.manners.tell(["first-50000"])
        first = await queued(idle, caller, [summarize(idle, "A boat sails.")])
        async with worker(idle, redis_url, data_dir):
            await asked(idle, 1)
            second = await queued(idle, caller, [summarize(idle, "A boat sails.")])
            await once(idle, caller, second, status="running")
            async with idle.client(caller) as client:
                await client.post(f"{BATCH}/{first}/cancel")
            told = [await ended(idle, caller, one) for one in (first, second)]
        assert [one["items"][0]["status"] for one in told] == ["cancelled", "done"]
        assert len(idle.upstream.bill.calls) == 2

    async def test_by_deleting_stops_what_runs_as_well(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [summarize(idle, "A boat.", "first-50000")])
        async with worker(idle, redis_url, data_dir):
            await asked(idle, 1)
            async with idle.client(caller) as client:
                await client.delete(f"{BATCH}/{batch_id}")
            [row] = await idle.settled(caller)
        assert row["status"] == "stopped"


class TestLimits:
    async def test_of_the_minute_are_waited_for(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        caller = await idle.caller("viewer", "free")
        batch_id = await queued(idle, caller, [moderate(f"Hello {number}.") for number in range(45)])
        async with worker(idle, redis_url, data_dir):
            told = await once(idle, caller, batch_id, waits_until=True)  # 45 do not fit into two minutes either
            assert (told["failed"], told["finished_at"], told["done"] >= 20) == (0, None, True)
            for _ in range(6):
                await _next_minute(idle, redis_url)
                told = await stands_still(idle, caller, batch_id)
        assert (told["done"], told["failed"], {one["tries"] for one in told["items"]}) == (45, 0, {1})

    async def test_of_a_spent_budget_refuse_in_the_words_of_the_single_call(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        if (utc_now() + timedelta(hours=2)).month != utc_now().month:
            pytest.skip("the month ends, and with it the wait for its budget")
        caller = await idle.caller()
        await idle.price("fake-ok", 1_000_000)
        await idle.limit(f"user:{caller.user_id}", 1, "month")
        batch_id = await queued(idle, caller, [summarize(idle, "A boat."), moderate()])
        async with worker(idle, redis_url, data_dir):
            told = await ended(idle, caller, batch_id)
        dear, free = told["items"]
        assert (dear["status"], free["status"]) == ("failed", "done")
        async with idle.client(caller) as client:
            alone = (await client.post("/api/v1/ai/summarize", json=summarize(idle, "A boat.")["body"])).json()
        assert (alone["status"], dear["error"]["detail"]) == (429, alone["detail"])
        assert dear["error"]["needed_micro_usd"] == alone["needed_micro_usd"]

    async def test_of_those_who_may_not_any_more_are_known(self, idle: AiSite, redis_url: str, data_dir: Path) -> None:
        banned, ended_key = await idle.caller(), await idle.caller()
        first = await queued(idle, banned, [moderate()])
        second = await queued(idle, ended_key, [moderate()])
        await idle.rows(
            "UPDATE users SET banned_at = now(), ban_reason = 'Spam' WHERE id = $1 RETURNING id", banned.user_id
        )
        await idle.rows("UPDATE api_keys SET ended_at = now() WHERE user_id = $1 RETURNING id", ended_key.user_id)
        async with worker(idle, redis_url, data_dir):
            await once_all_ended(idle)
        errors = await idle.rows("SELECT batch_id::text, error ->> 'type' AS type FROM ai_batch_items")
        assert {row["batch_id"]: row["type"] for row in errors} == {
            first: "/docs/problems#account-banned",
            second: "/docs/problems#invalid-token",
        }


async def _next_minute(site: AiSite, redis_url: str) -> None:
    """As if it had passed."""
    async with Redis.from_url(redis_url) as valkey:
        async for key in valkey.scan_iter("stoa:ai:minute:*"):
            await valkey.delete(key)
    await site.rows("UPDATE ai_batch_items SET due_at = now() WHERE status = 'queued'")


async def _claim(session: AsyncSession, claim_id: UUID) -> RowMapping | None:
    return await BatchRepository(session).claim(claim_id, LEASE)


async def _end(session: AsyncSession, values: dict[str, Any]) -> bool:
    return await BatchRepository(session).end(values)
