"""Providers that fail: who takes over and when, what is told, and a ledger that agrees with their own bill."""

import asyncio
import json
from collections import Counter

from stoa.modules.ai.setup.store import PURPOSE
from stoa.shared.keyring import kept_in
from tests.ai.mishaps.accounts import DEAR, limited, nothing_held, one_row
from tests.ai.serving import serving
from tests.ai.site import QUESTION, AiSite, Caller


async def routed(site: AiSite, *models: str) -> tuple[Caller, list[str]]:
    """Somebody, and a route `stoa-chat` over a provider of its own for each model."""
    caller = await site.caller()
    names = []
    await site.rows("DELETE FROM ai_routes WHERE task = 'chat'")
    for place, model in enumerate(models):
        one = await site.with_provider()
        await one.price(model, DEAR)
        await site.rows("INSERT INTO ai_routes VALUES ('chat', $1, $2, $3)", place, one.provider, model)
        names.append(one.provider)
    await site.limit(f"user:{caller.user_id}", 10_000_000)
    await site.told()
    return caller, names


async def chat(site: AiSite, caller: Caller, **body: object) -> list[str]:
    """All events of a stream over the site's own route."""
    asked = {"model": "stoa-chat", "messages": QUESTION, "stream": True, **body}
    async with site.client(caller) as client:
        response = await client.post("/v1/chat/completions", json=asked)
    assert response.status_code == 200, response.text
    return [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]


def text_of(events: list[str]) -> str:
    told = [json.loads(one) for one in events if one != "[DONE]"]
    return "".join(one["choices"][0]["delta"].get("content") or "" for one in told if one.get("choices"))


class TestTakingOver:
    async def test_happens_before_the_first_byte(self, site: AiSite) -> None:
        caller, names = await routed(site, "fake-500", "fake-ok")

        events = await chat(site, caller)

        assert text_of(events) == " ".join(f"word{number}" for number in range(1, 13))
        assert events[-1] == "[DONE]"
        row = await one_row(site, caller)
        assert (row["provider"], row["status"], row["attempts"]) == (names[1], "complete", 2)

    async def test_does_not_happen_after_it(self, site: AiSite) -> None:
        caller, names = await routed(site, "fake-cut-4", "fake-ok")

        events = await chat(site, caller)

        assert json.loads(events[-1])["error"]["code"] == "answer_cut"
        assert text_of(events) == "word1 word2 word3"
        row = await one_row(site, caller)
        assert (row["provider"], row["status"], row["attempts"]) == (names[0], "cut", 1)
        assert len(site.upstream.bill.calls) == 1
        days = await site.rows("SELECT calls, failures FROM ai_usage_days WHERE user_id = $1", caller.user_id)
        assert [(day["calls"], day["failures"]) for day in days] == [(1, 1)]


class TestKeys:
    async def test_one_that_is_limited_rests_while_the_other_works(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-ok")
        async with serving(site, redis_url) as server:
            keyring = kept_in(server.folder)
            for secret in ("sk-one", "sk-two"):
                await site.rows(
                    "INSERT INTO ai_provider_keys (id, provider_id, secret, ending) "
                    "SELECT gen_random_uuid(), id, $2, $3 FROM ai_providers WHERE name = $1",
                    site.provider, keyring.seal(PURPOSE, secret.encode()), secret[-4:],
                )  # fmt: skip
            await site.told()
            site.upstream.manners.tell(["wait-30"])

            answers = [await server.site.ask(caller) for _ in range(4)]

        assert [one.status_code for one in answers] == [200] * 4
        keys = [call.key for call in site.upstream.bill.calls]
        assert Counter(keys) == {keys[0]: 1, keys[1]: 4}
        assert set(keys) == {"sk-one", "sk-two"}
        rows = await site.settled(caller, 4)
        assert [row["attempts"] for row in rows] == [2, 1, 1, 1]


class TestTheBill:
    async def test_of_the_provider_and_the_ledger_agree_to_the_token(self, site: AiSite) -> None:
        models = ["fake-ok", "fake-crlf", "fake-split", "fake-comments", "fake-slow-5"]
        caller = await limited(site, *models)
        asked = [(model, streams, length) for model in models for streams in (True, False) for length in (1, 7, 40)]

        answers = await asyncio.gather(
            *(site.ask(caller, model, stream=streams, max_tokens=length) for model, streams, length in asked)
        )

        limited_ = [one for one in answers if one.status_code == 429]
        assert {one.status_code for one in answers} <= {200, 429}
        rows = await site.settled(caller, len(asked) - len(limited_))
        bill = site.upstream.bill.as_json()
        assert len(rows) == len(bill["calls"])
        assert sum(row["input_tokens"] for row in rows) == bill["input_tokens"]
        assert sum(row["output_tokens"] for row in rows) == bill["output_tokens"]
        assert {row["source"] for row in rows} == {"provider"}
        await nothing_held(site, caller, spent=bill["input_tokens"] + bill["output_tokens"])
