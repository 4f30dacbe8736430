"""The site's own calls through the API: whole and streamed answers, what they leave, how the providers are."""

import csv
import io

import httpx
import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.ai.site import QUESTION, AiSite, Caller

HERE = "/api/v1/ai"


async def chat(site: AiSite, caller: Caller, model: str = "fake-ok", **body: object) -> httpx.Response:
    async with site.client(caller) as client:
        asked = {"model": f"{site.provider}/{model}", "messages": QUESTION, **body}
        return await client.post(f"{HERE}/chat", json=asked)


async def stream(site: AiSite, caller: Caller, model: str, **body: object) -> list[tuple[str, dict[str, object]]]:
    """Name and data of each event."""
    async with site.client(caller) as client:
        asked = {"model": f"{site.provider}/{model}", "messages": QUESTION, **body}
        response = await client.post(f"{HERE}/stream", json=asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    parts = [part.split("\n") for part in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))) for name, data in parts]


class TestWhole:
    async def test_says_who_answered_and_what_it_cost(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 2_000_000)

        response = await chat(site, caller, max_tokens=4)

        told = response.json()
        assert (told["text"], told["provider"], told["model"]) == ("word1 word2 word3 word4", site.provider, "fake-ok")
        assert told["usage"] == {"input_tokens": 3, "output_tokens": 4, "cost_micro_usd": 14, "source": "provider"}
        [row] = await site.settled(caller)
        assert (str(row["id"]), row["feature"], row["cost_micros"]) == (told["id"], "chat", 14)

    async def test_says_what_is_left(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 1_000_000)
        await site.limit(f"user:{caller.user_id}", 5_000_000)

        first, second = await chat(site, caller), await chat(site, caller)

        assert int(first.headers["x-ratelimit-limit-requests"]) > int(first.headers["x-ratelimit-remaining-requests"])
        assert int(second.headers["x-stoa-budget-left-micro-usd"]) < 5_000_000

    async def test_of_a_spent_budget_says_which_and_until_when(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 1_000_000)
        await site.limit(f"user:{caller.user_id}", 1)

        response = await chat(site, caller)

        assert response.status_code == 429
        told = response.json()
        assert (told["limit_micro_usd"], told["spent_micro_usd"], told["period"]) == (1, 0, "day")
        assert int(response.headers["retry-after"]) > 0
        assert await site.calls(caller) == []

    async def test_beyond_the_minute_is_refused_with_what_is_left(self, site: AiSite) -> None:
        caller = await site.caller("viewer", "free", ("use:ai",))
        first = await chat(site, caller, max_tokens=1)
        allowed = int(first.headers["x-ratelimit-limit-tokens"])
        much = [{"role": "user", "content": "a " * 49_000}] * (allowed // 49_000 + 1)

        response = await chat(site, caller, messages=much)

        assert response.status_code == 429, response.text
        assert response.json()["limit"] == "tokens"
        assert response.headers["x-ratelimit-limit-tokens"] == str(allowed)

    @pytest.mark.parametrize("model", ["fake-html", "fake-500", "fake-401"])
    async def test_that_fails_costs_nothing(self, site: AiSite, model: str) -> None:
        caller = await site.caller()

        response = await chat(site, caller, model)

        assert response.status_code in {502, 503}
        assert response.headers["content-type"] == "application/problem+json"
        [row] = await site.settled(caller)
        assert (row["status"], row["cost_micros"]) == ("error", 0)


class TestStreamed:
    async def test_comes_in_pieces_and_ends_with_the_bill(self, site: AiSite) -> None:
        events = await stream(site, await site.caller(), "fake-ok", max_tokens=3)

        assert [name for name, _ in events] == ["start", "delta", "delta", "delta", "usage", "done"]
        assert "".join(str(data["text"]) for name, data in events if name == "delta").split() == [
            "word1",
            "word2",
            "word3",
        ]
        assert events[0][1]["provider"] == site.provider
        assert events[-2][1]["output_tokens"] == 3

    async def test_that_breaks_off_says_so(self, site: AiSite) -> None:
        caller = await site.caller()

        events = await stream(site, caller, "fake-cut-2")

        assert events[-1][0] == "error"
        assert events[-1][1]["status"] == "cut"
        assert [row["status"] for row in await site.settled(caller)] == ["cut"]

    async def test_answers_an_event_source(self, site: AiSite) -> None:
        caller = await site.caller()
        async with site.client(caller) as client:
            asked = {"prompt": "one two", "model": f"{site.provider}/fake-ok"}
            response = await client.get(f"{HERE}/stream", params=asked)
        assert "event: done" in response.text
        [row] = await site.settled(caller)
        assert row["input_tokens"] == 2


class TestUsage:
    async def test_is_told_by_model_and_as_a_table_to_take_along(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 1_000_000)
        for _ in range(2):
            await chat(site, caller, max_tokens=2)
        await site.settled(caller, 2)

        async with site.client(caller) as client:
            told = (await client.get(f"{HERE}/usage?by=model")).json()
            table = (await client.get(f"{HERE}/usage?by=model&format=csv")).text

        assert (told["total"]["calls"], told["total"]["cost_micro_usd"]) == (2, 10)
        assert [item["name"] for item in told["items"]] == [f"{site.provider}/fake-ok"]
        [line] = csv.DictReader(io.StringIO(table))
        assert (line["model"], line["calls"], line["cost_micro_usd"]) == (f"{site.provider}/fake-ok", "2", "10")


class TestHealth:
    async def test_is_told_by_provider_and_feature(self, site: AiSite) -> None:
        caller = await site.caller()
        await chat(site, caller)
        await site.ask(caller, "fake-500")
        await site.settled(caller, 2)

        async with site.client(caller) as client:
            items = (await client.get(f"{HERE}/providers")).json()["items"]

        [here] = [item for item in items if item["name"] == site.provider]
        assert {one["feature"]: (one["calls"], one["success_rate"]) for one in here["features"]}["chat"] == (1, 1.0)
        assert here["calls"] >= 1

    async def test_is_read_by_prometheus(self, site: AiSite) -> None:
        caller, owner = await site.caller(), await site.caller("admin", scopes=("read:metrics",))
        await site.price("fake-ok", 1_000_000)
        await chat(site, caller, max_tokens=2)
        await site.settled(caller)

        async with site.client(owner) as client:
            text = (await client.get("/metrics")).text
        async with site.client(caller) as client:
            refused = await client.get("/metrics")

        samples = {
            (sample.name, sample.labels.get("provider")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        assert samples["stoa_ai_calls_total", site.provider] == 1
        assert samples["stoa_ai_output_tokens_total", site.provider] == 2
        assert samples["stoa_ai_cost_micro_usd_total", site.provider] == 5
        assert samples["stoa_ai_breaker", site.provider] == 0
        assert refused.status_code == 403
