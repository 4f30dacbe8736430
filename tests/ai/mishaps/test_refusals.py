"""What is refused, in which words, and that a refusal never costs anything."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.ai.mishaps.accounts import limited, nothing_held, one_row
from tests.ai.site import QUESTION, AiSite


@pytest.fixture
async def narrow(site: AiSite) -> AsyncIterator[AiSite]:
    """Admins may ask twice a minute, for 5,000 tokens, one stream at a time."""
    await site.rows(
        "INSERT INTO ai_tiers (name, rank, requests_per_minute, tokens_per_minute, streams, roles) "
        "VALUES ('narrow', 1000, 2, 5000, 1, '{admin}')"
    )
    await site.told()
    yield site
    await site.rows("DELETE FROM ai_tiers WHERE name = 'narrow'")
    await site.told()


class TestTooMuch:
    async def test_of_a_prompt_of_ten_megabytes(self, site: AiSite) -> None:
        caller = await limited(site, "fake-ok")

        response = await site.ask(caller, messages=[{"role": "user", "content": "word " * 2_097_152}])

        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (413, "request_too_large")
        assert error["message"]
        assert await site.calls(caller) == []
        assert site.upstream.bill.calls == []

    @pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
    @pytest.mark.parametrize("asked", [1_000_000_000, -1, 0, 1.5, "many"])
    async def test_of_an_answer(self, site: AiSite, name: str, asked: Any) -> None:
        caller = await limited(site, "fake-ok")

        response = await site.ask(caller, **{name: asked})

        error = response.json()["error"]
        assert (response.status_code, error["param"]) == (400, name)
        assert "1,000,000" in error["message"]
        assert await site.calls(caller) == []

    async def test_of_requests_says_how_many_and_until_when(self, narrow: AiSite) -> None:
        caller = await narrow.caller(role="admin")

        answers = [await narrow.ask(caller, max_tokens=5) for _ in range(6)]

        refused = [one for one in answers if one.status_code == 429]
        assert len(refused) >= 2  # the minute may end in between, once
        error, headers = refused[0].json()["error"], refused[0].headers
        assert (error["code"], error["limit"]) == ("rate_limit_exceeded", "requests")
        assert error["message"].startswith("You may ask 2 times a minute")
        assert f"Try again in {headers['retry-after']} s" in error["message"]
        assert 1 <= int(headers["retry-after"]) <= 61
        assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]) == ("2", "0")
        assert headers["x-ratelimit-limit-tokens"] == "5000"
        assert headers["x-ratelimit-reset-requests"].endswith("s")
        await narrow.settled(caller, len(answers) - len(refused))

    async def test_of_streams_at_once(self, narrow: AiSite) -> None:
        caller = await narrow.caller(role="admin")
        asked = {"model": f"{narrow.provider}/fake-slow-200", "messages": QUESTION, "stream": True, "max_tokens": 5}

        async with (
            narrow.client(caller) as client,
            client.stream("POST", "/v1/chat/completions", json=asked) as first,
        ):
            second = await client.post("/v1/chat/completions", json=asked)
            told = [line async for line in first.aiter_lines()]

        assert (second.status_code, second.json()["error"]["limit"]) == (429, "streams")
        assert second.headers["retry-after"] == "5"
        assert "data: [DONE]" in told
        assert len(await narrow.settled(caller)) == 1


class TestProvidersThatDoNotStop:
    @pytest.mark.parametrize("manner", ["huge", "line", "endless"])
    async def test_are_cut_and_paid_as_far_as_they_may_go(self, site: AiSite, manner: str) -> None:
        caller = await limited(site, f"fake-{manner}")

        response = await site.ask(caller, f"fake-{manner}", stream=True, max_tokens=50)

        if response.status_code == 200:
            assert '"answer_cut"' in response.text
            assert "[DONE]" not in response.text
        else:
            assert response.status_code == 502
        row = await one_row(site, caller)
        assert row["status"] in {"cut", "error"}

    async def test_of_a_plain_answer_of_100_mb(self, site: AiSite) -> None:
        caller = await limited(site, "fake-huge")

        response = await site.ask(caller, "fake-huge", max_tokens=50)

        assert response.status_code == 502
        assert "MiB" in response.json()["error"]["message"]
        row = await one_row(site, caller)
        assert (row["status"], row["output_tokens"]) == ("cut", 0)

    async def test_that_answer_garbage_cost_nothing(self, site: AiSite) -> None:
        caller = await limited(site, "fake-html")

        response = await site.ask(caller, "fake-html", stream=True)

        assert response.status_code == 502
        assert "no answer of a model" in response.json()["error"]["message"]
        [row] = await site.settled(caller)
        assert (row["status"], row["cost_micros"], row["output_tokens"]) == ("error", 0, 0)
        await nothing_held(site, caller, spent=0)
