"""Batches over HTTP, before anybody works on them: queued whole or not at all, read, listed, cancelled, deleted."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from stoa.modules.ai.batches.personal_data import BatchesOfPerson
from stoa.modules.ai.batches.service import purge_batches
from stoa.shared.clock import utc_now
from tests.ai.batches.working import BATCH, TEXT, moderate, queued, read, send
from tests.ai.site import AiSite


class TestQueue:
    async def test_tells_where_it_is_and_what_was_queued(self, idle: AiSite) -> None:
        caller = await idle.caller()
        sent = await send(idle, caller, [moderate(id="first"), moderate("Bye.")])
        assert sent.status_code == 202
        made = sent.json()
        assert sent.headers["location"] == f"{BATCH}/{made['id']}"
        assert (made["status"], made["total"], made["done"], made["finished_at"]) == ("queued", 2, 0, None)
        told = await read(idle, caller, made["id"])
        assert [(one["number"], one["id"], one["status"]) for one in told["items"]] == [
            (1, "first", "queued"),
            (2, None, "queued"),
        ]

    @pytest.mark.parametrize(
        ("item", "field"),
        [
            ({"call": "classify", "body": {"text": ""}}, "body.items.1.classify.body.text"),
            ({"call": "moderate", "body": {"text": "A.", "more": 1}}, "body.items.1.moderate.body.more"),
            ({"call": "summarize", "body": {}}, "body.items.1.summarize.body"),
            ({"call": "dance", "body": {}}, "body.items.1"),
            (moderate(id="first"), "body"),
        ],
    )
    async def test_of_one_bad_item_refuses_all_and_names_it(
        self, idle: AiSite, item: dict[str, Any], field: str
    ) -> None:
        caller = await idle.caller()
        refused = await send(idle, caller, [moderate(id="first"), item])
        assert refused.status_code == 422
        assert [one["field"] for one in refused.json()["errors"]] == [field]
        async with idle.client(caller) as client:
            assert (await client.get(BATCH)).json()["items"] == []

    @pytest.mark.parametrize("number", [0, 501])
    async def test_takes_1_to_500_items(self, idle: AiSite, number: int) -> None:
        caller = await idle.caller()
        assert (await send(idle, caller, [moderate()] * number)).status_code == 422
        assert (await send(idle, caller, [moderate()] * 500)).status_code == 202

    async def test_takes_more_than_other_calls_and_not_more_than_8_megabytes(self, idle: AiSite) -> None:
        caller = await idle.caller()
        large = moderate("word " * 9_999)
        assert (await send(idle, caller, [large] * 150)).status_code == 202
        assert (await send(idle, caller, [large] * 180)).status_code == 413

    async def test_of_a_sixth_batch_waits_until_one_is_finished(self, idle: AiSite) -> None:
        caller, other = await idle.caller(), await idle.caller()
        batches = [await queued(idle, caller, [moderate()]) for _ in range(5)]
        refused = await send(idle, caller, [moderate()])
        assert (refused.status_code, refused.json()["type"]) == (409, "/docs/problems#too-many-batches")
        assert (await send(idle, other, [moderate()])).status_code == 202
        async with idle.client(caller) as client:
            await client.post(f"{BATCH}/{batches[0]}/cancel")
        assert (await send(idle, caller, [moderate()])).status_code == 202


class TestReading:
    async def test_pages_lead_through_all_items_in_order(self, idle: AiSite) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [moderate(id=f"n{number}") for number in range(7)])
        seen: list[str] = []
        told = await read(idle, caller, batch_id, limit=3)
        seen += [one["id"] for one in told["items"]]
        while told["next_cursor"]:
            told = await read(idle, caller, batch_id, limit=3, cursor=told["next_cursor"])
            assert told["total"] == 7
            seen += [one["id"] for one in told["items"]]
        assert seen == [f"n{number}" for number in range(7)]

    async def test_ones_own_are_listed_newest_first_and_anothers_are_not_there(self, idle: AiSite) -> None:
        caller, other = await idle.caller(), await idle.caller()
        batches = [await queued(idle, caller, [moderate()]) for _ in range(3)]
        async with idle.client(caller) as client:
            first = (await client.get(BATCH, params={"limit": 2, "count": "true"})).json()
            rest = (await client.get(BATCH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [one["id"] for one in first["items"] + rest["items"]] == batches[::-1]
        assert (first["total"], rest["next_cursor"]) == (3, None)
        async with idle.client(other) as client:
            assert (await client.get(BATCH)).json()["items"] == []
            assert (await client.get(f"{BATCH}/{batches[0]}")).status_code == 404
            assert (await client.post(f"{BATCH}/{batches[0]}/cancel")).status_code == 404
            assert (await client.delete(f"{BATCH}/{batches[0]}")).status_code == 404
        assert (await read(idle, caller, batches[0]))["status"] == "queued"


class TestPersonalData:
    async def test_holds_what_was_asked_and_goes_with_its_person(self, idle: AiSite) -> None:
        caller, other = await idle.caller(), await idle.caller()
        batch_id = await queued(idle, caller, [moderate("A very own text.")])
        kept = await queued(idle, other, [moderate()])
        files = await BatchesOfPerson().export(idle.database.reads, caller.user_id)
        [batch] = orjson.loads(files["ai-batches.json"])
        assert (batch["id"], batch["items"][0]["body"]) == (batch_id, {"text": "A very own text."})
        await idle.database.transact(lambda session: BatchesOfPerson().erase(session, caller.user_id))
        assert [str(row["id"]) for row in await idle.rows("SELECT id FROM ai_batches")] == [kept]

    async def test_is_kept_for_30_days(self, idle: AiSite) -> None:
        caller = await idle.caller()
        old, young = [await queued(idle, caller, [moderate()]) for _ in range(2)]
        age = "UPDATE ai_batches SET created_at = now() - make_interval(days => $2) WHERE id = $1"
        await idle.rows(age, UUID(old), 31)
        await idle.rows(age, UUID(young), 29)
        await idle.database.transact(lambda session: purge_batches(session, utc_now()))
        assert [str(row["id"]) for row in await idle.rows("SELECT id FROM ai_batches")] == [young]


class TestCancel:
    async def test_ends_what_has_not_begun_at_once(self, idle: AiSite) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [moderate(), moderate(TEXT)])
        async with idle.client(caller) as client:
            told = (await client.post(f"{BATCH}/{batch_id}/cancel")).json()
            assert (await client.post(f"{BATCH}/{batch_id}/cancel")).status_code == 409
        assert (told["status"], told["cancelled"]) == ("cancelled", 2)
        assert told["finished_at"]
        assert {one["status"] for one in (await read(idle, caller, batch_id))["items"]} == {"cancelled"}

    async def test_deleted_is_gone_with_its_items(self, idle: AiSite) -> None:
        caller = await idle.caller()
        batch_id = await queued(idle, caller, [moderate()])
        async with idle.client(caller) as client:
            assert (await client.delete(f"{BATCH}/{batch_id}")).status_code == 204
            assert (await client.get(f"{BATCH}/{batch_id}")).status_code == 404
        assert await idle.rows("SELECT FROM ai_batch_items") == []
