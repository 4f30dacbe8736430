"""Routes, prices, tiers and budgets through the API, as the next call meets them."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.ai.site import AiSite

HERE = "/api/v1/admin/ai"


@pytest.fixture
async def owner(site: AiSite) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(await site.caller("admin", scopes=("manage:ai", "use:gateway", "view:audit"))) as client:
        yield client


async def done(answer: httpx.Response) -> None:
    assert answer.status_code == 204, answer.text
    await asyncio.sleep(0.2)  # until the site has read it anew


class TestRoute:
    async def test_says_who_answers_a_task_and_goes_again(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        places = [{"provider": site.provider, "model": "fake-ok"}, {"provider": "openai", "model": "fake-ok"}]
        await done(await owner.put(f"{HERE}/routes/small", json={"places": places}))
        shown = {one["task"]: one for one in (await owner.get(f"{HERE}/routes")).json()["items"]}
        assert shown["small"] == {"task": "small", "places": places, "is_own": True}
        assert not shown["long"]["is_own"]
        answered = await site.ask(await site.caller(), "stoa-small")
        assert answered.headers["x-stoa-provider"] == site.provider
        await done(await owner.put(f"{HERE}/routes/small", json={"places": []}))
        shown = {one["task"]: one for one in (await owner.get(f"{HERE}/routes")).json()["items"]}
        assert not shown["small"]["is_own"]

    async def test_to_nobody_is_refused(self, owner: httpx.AsyncClient) -> None:
        nobody = {"provider": "nobody", "model": "m"}
        refused = await owner.put(f"{HERE}/routes/chat", json={"places": [nobody]})
        assert refused.status_code == 422
        assert "openai" in refused.text
        twice = {"provider": "openai", "model": "m"}
        assert (await owner.put(f"{HERE}/routes/chat", json={"places": [twice, twice]})).status_code == 422
        assert (await owner.put(f"{HERE}/routes/walk", json={"places": []})).status_code == 404
        assert (await owner.put(f"{HERE}/routes/chat", json={"places": [twice] * 9})).status_code == 422


class TestPrice:
    async def test_counts_from_the_next_call_on(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        named = {"provider": site.provider, "model": "fake-ok"}
        price = {"input": 1_000_000, "cached_input": 500_000, "output": 2_000_000}
        await done(await owner.put(f"{HERE}/prices", json={**named, **price}))
        shown = (await owner.get(f"{HERE}/prices")).json()["items"]
        assert {**named, **price, "source": "own"} in shown
        asker = await site.caller()
        assert (await site.ask(asker)).status_code == 200
        call = (await site.settled(asker))[0]
        assert call["cost_micros"] == call["input_tokens"] + 2 * call["output_tokens"] > 0
        await done(await owner.delete(f"{HERE}/prices", params=named))
        assert (await owner.delete(f"{HERE}/prices", params=named)).status_code == 404

    async def test_of_what_the_data_knows_is_told_with_its_source(self, owner: httpx.AsyncClient) -> None:
        shown = (await owner.get(f"{HERE}/prices")).json()["items"]
        known = next(one for one in shown if (one["provider"], one["model"]) == ("openai", "gpt-5-mini"))
        assert known["source"] == "known"
        assert known["output"] > known["input"] > known["cached_input"] > 0

    @pytest.mark.parametrize("bad", [{"input": -1}, {"output": 10**13}, {"input": 1.5}, {"provider": "nobody"}])
    async def test_that_cannot_be_is_refused(self, owner: httpx.AsyncClient, bad: dict[str, object]) -> None:
        price = {"provider": "openai", "model": "m", "input": 1, "cached_input": 1, "output": 1}
        assert (await owner.put(f"{HERE}/prices", json={**price, **bad})).status_code == 422


class TestTier:
    async def test_holds_people_to_what_is_said(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        before = next(one for one in (await owner.get(f"{HERE}/tiers")).json()["items"] if one["name"] == "free")
        limits = {name: before[name] for name in ("requests_per_minute", "tokens_per_minute", "streams")}
        try:
            await done(await owner.put(f"{HERE}/tiers/free", json={**limits, "requests_per_minute": 1}))
            asker = await site.caller("viewer", tier="free", scopes=("use:ai",))
            async with site.client(asker) as client:
                ask = {"messages": [{"role": "user", "content": "hi"}], "model": f"{site.provider}/fake-ok"}
                first = await client.post("/api/v1/ai/chat", json=ask)
                second = await client.post("/api/v1/ai/chat", json=ask)
            assert (first.status_code, second.status_code) == (200, 429)
        finally:
            await done(await owner.put(f"{HERE}/tiers/free", json=limits))
        assert (await owner.put(f"{HERE}/tiers/golden", json=limits)).status_code == 404
        assert (await owner.put(f"{HERE}/tiers/free", json={**limits, "streams": 0})).status_code == 422


class TestBudget:
    async def test_of_a_person_holds_at_once_and_shows_what_is_left(
        self, owner: httpx.AsyncClient, site: AiSite
    ) -> None:
        await site.price("fake-ok", 1_000_000)
        asker = await site.caller()
        username = (await site.rows("SELECT username FROM users WHERE id = $1", asker.user_id))[0]["username"]
        budget = {"scope": f"user:{username}", "period": "day"}
        await done(await owner.put(f"{HERE}/budgets", json={**budget, "limit_micro_usd": 100_000}))
        assert (await site.ask(asker)).status_code == 200
        cost = (await site.settled(asker))[0]["cost_micros"]
        shown = next(one for one in (await owner.get(f"{HERE}/budgets")).json()["items"] if one["scope"] != "site")
        assert shown["scope"] == budget["scope"]
        assert (shown["spent_micro_usd"], shown["left_micro_usd"]) == (cost, 100_000 - cost)
        await done(await owner.put(f"{HERE}/budgets", json={**budget, "limit_micro_usd": 1}))
        assert (await site.ask(asker)).status_code == 429
        await done(await owner.delete(f"{HERE}/budgets", params=budget))
        assert (await owner.delete(f"{HERE}/budgets", params=budget)).status_code == 404

    @pytest.mark.parametrize("scope", ["user:nobody-at-all", "tier:golden", "each:golden", "everyone", "site:x"])
    async def test_of_nobody_is_refused(self, owner: httpx.AsyncClient, scope: str) -> None:
        answer = await owner.put(f"{HERE}/budgets", json={"scope": scope, "period": "day", "limit_micro_usd": 1})
        assert answer.status_code == 422

    async def test_every_act_leaves_one_row(self, owner: httpx.AsyncClient) -> None:
        await done(await owner.put(f"{HERE}/budgets", json={"scope": "site", "period": "month", "limit_micro_usd": 5}))
        await done(await owner.delete(f"{HERE}/budgets", params={"scope": "site", "period": "month"}))
        for action in ("ai.budget_set", "ai.budget_removed"):
            rows = (await owner.get(f"/api/v1/admin/audit?action={action}&limit=1")).json()["items"]
            assert rows[0]["subject_id"] == "site"
