"""Readers who hang up, and those who say stop: the call is ended and paid as far as it came, once."""

import asyncio
from uuid import UUID

import httpx
import pytest

from tests.ai.mishaps.accounts import limited, nothing_held, one_row
from tests.ai.serving import serving
from tests.ai.site import QUESTION, AiSite, Caller


async def leave_after(site: AiSite, caller: Caller, model: str, events: int, **body: int) -> str:
    """Hang up after so many events of a stream; the call's id."""
    asked = {"model": f"{site.provider}/{model}", "messages": QUESTION, "stream": True, **body}
    async with site.client(caller) as client, client.stream("POST", "/v1/chat/completions", json=asked) as response:
        assert response.status_code == 200
        seen = 0
        async for line in response.aiter_lines():
            seen += line.startswith("data:")
            if seen >= events:
                break
        return response.headers["x-stoa-call"]


async def first_call(site: AiSite, caller: Caller) -> UUID:
    """The id of somebody's call, once it has begun."""
    for _ in range(200):
        if found := await site.calls(caller):
            return UUID(str(found[0]["id"]))
        await asyncio.sleep(0.02)
    raise AssertionError("no call began")


class TestHangingUp:
    @pytest.mark.parametrize("events", [1, 5])
    async def test_within_a_stream_ends_it_after_a_while(self, site: AiSite, events: int) -> None:
        caller = await limited(site, "fake-slow-300")

        await leave_after(site, caller, "fake-slow-300", events)

        row = await one_row(site, caller)
        assert (row["status"], row["source"], row["fault"]) == ("stopped", "estimated", "The reader left.")
        assert 0 < row["output_tokens"] < 40
        [call] = site.upstream.bill.calls
        assert call.left_early

    async def test_near_the_end_learns_what_it_cost(self, site: AiSite) -> None:
        caller = await limited(site, "fake-slow-30")

        await leave_after(site, caller, "fake-slow-30", 8)

        row = await one_row(site, caller)
        assert (row["status"], row["source"], row["output_tokens"]) == ("complete", "provider", 12)

    @pytest.mark.parametrize("streams", [True, False])
    async def test_before_the_first_byte_is_paid_once(self, site: AiSite, streams: bool) -> None:
        caller = await limited(site, "fake-first-800")
        body = {"model": f"{site.provider}/fake-first-800", "messages": QUESTION, "stream": streams}

        async with site.client(caller) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post("/v1/chat/completions", json=body, timeout=0.4)

        row = await one_row(site, caller)
        assert (row["status"], row["output_tokens"]) == ("complete", 12)
        assert len(site.upstream.bill.calls) == 1

    @pytest.mark.parametrize("path", ["/v1/chat/completions", "/api/v1/ai/stream"])
    async def test_before_the_first_byte_of_a_long_answer_ends_it(self, site: AiSite, path: str) -> None:
        caller = await limited(site, "fake-late-800")
        body = {"model": f"{site.provider}/fake-late-800", "messages": QUESTION, "max_tokens": 30_000}
        if path == "/v1/chat/completions":
            body["stream"] = True

        async with site.client(caller) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post(path, json=body, timeout=0.4)

        row = await one_row(site, caller)
        assert (row["status"], row["fault"]) == ("stopped", "The reader left.")
        assert site.upstream.bill.calls[0].left_early


class TestStopping:
    async def test_by_another_process(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-stall-4")
        asked = {"model": f"{site.provider}/fake-stall-4", "messages": QUESTION, "stream": True}
        async with serving(site, redis_url) as server, server.site.client(caller) as client:
            async with client.stream("POST", "/v1/chat/completions", json=asked) as response:
                lines = response.aiter_lines()
                await anext(lines)
                call = response.headers["x-stoa-call"]
                async with site.client(caller) as other:
                    stopped = await other.post(f"/api/v1/ai/calls/{call}/stop")
                told = [line async for line in lines]
            row = await one_row(site, caller)

        assert stopped.status_code == 204
        assert '"answer_stopped"' in told[-2] + told[-1]
        assert "data: [DONE]" not in told
        assert (row["status"], row["source"]) == ("stopped", "estimated")

    async def test_of_somebody_else_s_call_is_not_found(self, site: AiSite) -> None:
        caller, other = await limited(site, "fake-slow-150"), await site.caller()
        reading = asyncio.create_task(site.ask(caller, "fake-slow-150", stream=True))
        call = await first_call(site, caller)

        async with site.client(other) as client:
            refused = await client.post(f"/api/v1/ai/calls/{call}/stop")

        assert refused.status_code == 404
        assert (await reading).text.rstrip().endswith("data: [DONE]")
        assert (await one_row(site, caller))["status"] == "complete"
        await nothing_held(site, caller, spent=15)
