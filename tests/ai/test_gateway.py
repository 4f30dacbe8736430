"""The gateway as its callers see it: answers, faults and limits in OpenAI's words, and what each call leaves."""

import json

import pytest

from tests.ai.site import QUESTION, AiSite
from tests.fakes.upstream.manners import Manner


def events(text: str) -> list[str]:
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


class TestPlain:
    async def test_answers_with_the_provider_s_words_and_one_row(self, site: AiSite) -> None:
        caller = await site.caller()

        response = await site.ask(caller, max_tokens=5)

        assert response.status_code == 200
        assert response.json()["choices"][0]["message"]["content"] == "word1 word2 word3 word4 word5"
        assert response.headers["x-stoa-provider"] == site.provider
        assert response.headers["x-stoa-model"] == "fake-ok"
        [row] = await site.settled(caller)
        assert (row["status"], row["source"], row["input_tokens"], row["output_tokens"]) == (
            "complete",
            "provider",
            3,
            5,
        )
        assert (row["feature"], row["provider"], row["model"], row["attempts"]) == (
            "gateway",
            site.provider,
            "fake-ok",
            1,
        )
        assert row["api_key_id"] is not None

    async def test_sends_on_what_it_does_not_know(self, site: AiSite) -> None:
        await site.ask(await site.caller(), seed=7, metadata={"a": "b"}, logit_bias={"5": 1})

        [call] = site.upstream.bill.calls
        assert (call.body["seed"], call.body["metadata"], call.body["logit_bias"]) == (7, {"a": "b"}, {"5": 1})
        assert call.model == "fake-ok"

    async def test_passes_tools_through(self, site: AiSite) -> None:
        tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}

        response = await site.ask(await site.caller(), tools=[tool])

        [call] = response.json()["choices"][0]["message"]["tool_calls"]
        assert json.loads(call["function"]["arguments"]) == {"word": "stoa"}
        assert site.upstream.bill.calls[0].body["tools"] == [tool]

    async def test_embeds(self, site: AiSite) -> None:
        caller = await site.caller()
        async with site.client(caller) as client:
            response = await client.post(
                "/v1/embeddings", json={"model": f"{site.provider}/fake-ok", "input": ["a b", "c"]}
            )

        assert [len(one["embedding"]) for one in response.json()["data"]] == [2, 2]
        [row] = await site.settled(caller)
        assert (row["input_tokens"], row["output_tokens"], row["status"]) == (3, 0, "complete")

    async def test_lists_models(self, site: AiSite) -> None:
        async with site.client(await site.caller()) as client:
            names = [one["id"] for one in (await client.get("/v1/models")).json()["data"]]

        assert {"stoa-chat", "stoa-small", "stoa-long", "stoa-embed", "openai/gpt-5-mini"} <= set(names)

    async def test_takes_a_model_that_is_known_without_being_listed(self, site: AiSite) -> None:
        async with site.client(await site.caller()) as client:
            response = await client.post("/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": QUESTION})

        assert site.upstream.bill.calls[0].key == "sk-first"
        assert response.headers["x-stoa-model"] == "gpt-4o-mini"
        assert int(response.headers["x-stoa-cost-micro-usd"]) > 0


class TestStream:
    async def test_streams_bytes_as_they_came(self, site: AiSite) -> None:
        caller = await site.caller()

        response = await site.ask(caller, stream=True, stream_options={"include_usage": True}, max_tokens=3)

        told = events(response.text)
        assert response.headers["content-type"].startswith("text/event-stream")
        assert told[-1] == "[DONE]"
        assert json.loads(told[-2])["usage"]["completion_tokens"] == 3
        assert "".join(json.loads(one)["choices"][0]["delta"].get("content", "") for one in told[:-2]) == (
            "word1 word2 word3"
        )
        [row] = await site.settled(caller)
        assert (row["status"], row["source"], row["output_tokens"]) == ("complete", "provider", 3)
        assert row["first_token_ms"] is not None

    @pytest.mark.parametrize("manner", ["ok", "crlf", "split", "comments"])
    async def test_tells_tokens_only_to_those_who_asked(self, site: AiSite, manner: str) -> None:
        caller = await site.caller()

        response = await site.ask(caller, f"fake-{manner}", stream=True)

        told = events(response.text)
        assert told[-1] == "[DONE]"
        assert [one for one in told if "usage" in one] == []
        [row] = await site.settled(caller)
        assert (row["source"], row["output_tokens"]) == ("provider", 12)

    @pytest.mark.parametrize(("manner", "tokens"), [("cut-3", 2), ("error-3", 2), ("stall-3", 2)])
    async def test_says_when_the_provider_broke_off(self, site: AiSite, manner: str, tokens: int) -> None:
        caller = await site.caller()

        response = await site.ask(caller, f"fake-{manner}", stream=True)

        told = events(response.text)
        assert json.loads(told[-1])["error"]["code"] == "answer_cut"
        assert "[DONE]" not in told
        [row] = await site.settled(caller)
        assert (row["status"], row["source"]) == ("cut", "estimated")
        assert row["output_tokens"] >= tokens

    async def test_ends_a_stream_that_does_not(self, site: AiSite) -> None:
        caller = await site.caller()

        response = await site.ask(caller, "fake-endless", stream=True, max_tokens=50)

        assert json.loads(events(response.text)[-1])["error"]["code"] == "answer_cut"
        [row] = await site.settled(caller)
        assert row["status"] == "cut"
        assert row["output_tokens"] < 1000


class TestFaults:
    @pytest.mark.parametrize("manner", ["500", "503", "html", "json", "empty", "type", "redirect", "403", "401"])
    async def test_no_answer_is_a_fault_that_costs_nothing(self, site: AiSite, manner: str) -> None:
        caller = await site.caller()

        for streams in (False, True):
            site.upstream.manners.tell([manner, manner])
            response = await site.ask(caller, stream=streams)
            site.upstream.manners.forget()
            assert response.status_code in {502, 429}
            assert set(response.json()["error"]) >= {"message", "type", "param", "code"}
        rows = await site.settled(caller, 2)
        ended = "cut" if manner == "json" else "error"  # that one began like an answer
        assert [(row["status"], row["cost_micros"]) for row in rows] == [(ended, 0), ("error", 0)]

    async def test_the_provider_s_refusal_is_told_in_its_words(self, site: AiSite) -> None:
        response = await site.ask(await site.caller(), "fake-404")

        assert response.status_code == 400
        assert "the fake provider says 404" in response.json()["error"]["message"]

    async def test_a_provider_that_does_not_begin_is_left(self, site: AiSite) -> None:
        response = await site.ask(await site.caller(), "fake-first-4000")

        assert response.status_code == 504

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"messages": QUESTION}, "model"),
            ({"model": "stoa-chat"}, "messages"),
            ({"model": "stoa-chat", "messages": []}, "messages"),
            ({"model": "stoa-chat", "messages": ["hello"]}, "messages[0]"),
            ({"model": "stoa-chat", "messages": QUESTION, "stream": "yes"}, "stream"),
            ({"model": "stoa-chat", "messages": QUESTION, "max_tokens": 1_000_000_000}, "max_tokens"),
            ({"model": "stoa-chat", "messages": QUESTION, "max_tokens": -1}, "max_tokens"),
            ({"model": "stoa-chat", "messages": QUESTION, "n": 1000}, "n"),
        ],
    )
    async def test_names_the_field_at_fault(self, site: AiSite, body: dict[str, object], field: str) -> None:
        async with site.client(await site.caller()) as client:
            response = await client.post("/v1/chat/completions", json=body)

        error = response.json()["error"]
        assert (response.status_code, error["param"], error["type"]) == (400, field, "invalid_request_error")
        assert site.upstream.bill.calls == []

    async def test_refuses_other_bodies(self, site: AiSite) -> None:
        async with site.client(await site.caller()) as client:
            for content, status in ((b"no", 400), (b"[]", 400), (b'"\\ud800"', 400), (b"[" * 100_000, 400)):
                response = await client.post("/v1/chat/completions", content=content)
                assert (response.status_code, "error" in response.json()) == (status, True)
            large = await client.post("/v1/chat/completions", content=b"x" * (10 * 1_048_576))
        assert (large.status_code, large.json()["error"]["code"]) == (413, "request_too_large")

    async def test_refuses_whom_it_does_not_know(self, site: AiSite) -> None:
        strange = await site.caller(scopes=("use:ai",))
        async with site.client() as nobody:
            assert (await nobody.get("/v1/models")).status_code == 401
        assert (await site.ask(strange)).status_code == 403
        await site.rows("UPDATE api_keys SET ended_at = now() WHERE user_id = $1", strange.user_id)
        ended = await site.ask(strange)
        assert (ended.status_code, ended.json()["error"]["code"]) == (401, "invalid_api_key")

    async def test_names_a_model_that_is_not_there(self, site: AiSite) -> None:
        response = await site.ask(await site.caller(), "")

        assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")

    async def test_a_fault_of_one_second_is_tried_again(self, site: AiSite) -> None:
        caller = await site.caller()
        site.upstream.manners.tell(["503"])

        response = await site.ask(caller)

        assert response.status_code == 200
        [row] = await site.settled(caller)
        assert (row["attempts"], row["output_tokens"]) == (2, 12)


class TestBudgets:
    async def test_refuses_what_could_cost_more_than_there_is(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 1_000_000)
        await site.limit(f"user:{caller.user_id}", 40)

        fits = await site.ask(caller, max_tokens=10)
        refused = await site.ask(caller, max_tokens=40)

        assert (fits.status_code, fits.headers["x-stoa-cost-micro-usd"]) == (200, "13")
        error = refused.json()["error"]
        assert (refused.status_code, error["type"], error["code"]) == (429, "insufficient_quota", "insufficient_quota")
        assert refused.headers["x-should-retry"] == "false"
        assert (error["scope"], error["period"], error["limit_micro_usd"], error["spent_micro_usd"]) == (
            "user",
            "day",
            40,
            13,
        )
        assert "It begins anew at" in error["message"]
        assert len(await site.settled(caller)) == 1

    async def test_refuses_an_unknown_price_only_where_money_is_limited(self, site: AiSite) -> None:
        caller = await site.caller()
        assert (await site.ask(caller, "fake-first-1")).status_code == 200

        await site.limit(f"user:{caller.user_id}", 1_000_000)
        refused = await site.ask(caller, "fake-first-1")

        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "price_unknown")

    async def test_says_what_is_left(self, site: AiSite) -> None:
        caller = await site.caller()
        await site.price("fake-ok", 1_000_000)
        await site.limit("site", 10_000_000)

        response = await site.ask(caller, max_tokens=10)

        assert 9_000_000 < int(response.headers["x-stoa-budget-left-micro-usd"]) < 10_000_000


class TestLimits:
    async def test_a_tier_s_requests_are_limited(self, site: AiSite) -> None:
        caller = await site.caller(role="viewer", tier="free", scopes=("use:gateway",))
        await site.rows("INSERT INTO role_permissions VALUES ('viewer', 'use:gateway') ON CONFLICT DO NOTHING")
        await site.rows("UPDATE permission_revision SET revision = revision + 1")
        await site.rows("UPDATE ai_tiers SET requests_per_minute = 3 WHERE name = 'free'")
        await site.told()

        answers = [await site.ask(caller) for _ in range(8)]

        statuses = [one.status_code for one in answers]
        assert statuses.count(429) >= 2  # the minute may end in between, once
        refused = next(one for one in answers if one.status_code == 429)
        assert refused.json()["error"]["code"] == "rate_limit_exceeded"
        assert 1 <= int(refused.headers["retry-after"]) <= 61


def test_manners_are_read_from_the_model_s_name() -> None:
    assert Manner.read("cut-3") == Manner("cut", 3)
