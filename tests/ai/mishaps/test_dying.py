"""Servers that are stopped or killed while an answer streams: no row is lost, no money stays held."""

import asyncio
import signal
from datetime import timedelta

import httpx

from stoa.modules.ai.ledger.reaping import reap
from tests.ai.mishaps.accounts import limited, one_row
from tests.ai.serving import Server, serving
from tests.ai.site import QUESTION, AiSite, Caller


class Listener:
    """Somebody who reads a stream until it ends, however it does."""

    def __init__(self, server: Server, caller: Caller, model: str) -> None:
        self.text = ""
        self.began = asyncio.Event()
        self._task = asyncio.create_task(self._listen(server, caller, model))

    async def end(self) -> str:
        """What was heard; a connection that broke off is told at its end."""
        await asyncio.wait_for(self._task, 60)
        return self.text

    async def _listen(self, server: Server, caller: Caller, model: str) -> None:
        asked = {"model": f"{server.site.provider}/{model}", "messages": QUESTION, "stream": True}
        try:
            async with (
                server.site.client(caller) as client,
                client.stream("POST", "/v1/chat/completions", json=asked, timeout=60) as response,
            ):
                async for text in response.aiter_text():
                    self.text += text
                    self.began.set()
        except httpx.TransportError as error:
            self.text += f"\nbroken: {type(error).__name__}"


class TestTheEndOfAServer:
    async def test_that_is_stopped_bills_what_came(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-stall-5")
        async with serving(site, redis_url) as server:
            listener = Listener(server, caller, "fake-stall-5")
            await listener.began.wait()
            server.send(signal.SIGTERM)
            await server.ended()
            heard = await listener.end()

        row = await one_row(site, caller)
        assert (row["status"], row["source"]) == ("stopped", "estimated")
        assert row["output_tokens"] > 0
        assert row["fault"] in {"The server stopped.", "The reader left."}
        assert "[DONE]" not in heard
        assert "answer_stopped" in heard or "broken: " in heard

    async def test_that_is_stopped_lets_short_answers_end(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-slow-300")
        async with serving(site, redis_url) as server:
            listener = Listener(server, caller, "fake-slow-300")
            await listener.began.wait()
            server.send(signal.SIGTERM)
            heard = await listener.end()
            await server.ended()

        row = await one_row(site, caller)
        assert (row["status"], row["source"], row["output_tokens"]) == ("complete", "provider", 12)
        assert heard.rstrip().endswith("data: [DONE]")

    async def test_that_is_stopped_does_not_wait_for_one_who_reads_nothing(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-endless")
        asked = {"model": f"{site.provider}/fake-endless", "messages": QUESTION, "stream": True, "max_tokens": 900_000}
        async with (
            serving(site, redis_url) as server,
            server.site.client(caller) as client,
            client.stream("POST", "/v1/chat/completions", json=asked, timeout=60) as response,
        ):
            assert response.status_code == 200
            server.send(signal.SIGTERM)
            await server.ended()

        row = await one_row(site, caller)
        assert row["status"] == "stopped"
        assert row["output_tokens"] > 64

    async def test_that_is_killed_is_billed_by_the_reaper(self, site: AiSite, redis_url: str) -> None:
        caller = await limited(site, "fake-stall-6")
        async with serving(site, redis_url) as server:
            listener = Listener(server, caller, "fake-stall-6")
            await listener.began.wait()
            noted = await _noted(site, caller)
            server.send(signal.SIGKILL)
            await server.ended()
            assert "broken: " in await listener.end()
        [open_] = await site.calls(caller)
        assert (open_["status"], open_["reserved_micros"] > 0) == ("open", True)

        await reap(site.database, timedelta(0))

        row = await one_row(site, caller)
        assert (row["status"], row["source"], row["output_tokens"]) == ("lost", "estimated", noted)
        await reap(site.database, timedelta(0))
        assert await one_row(site, caller) == row


async def _noted(site: AiSite, caller: Caller) -> int:
    """How many tokens the heartbeat wrote down, once it did."""
    for _ in range(200):
        [row] = await site.calls(caller)
        if row["output_tokens"]:
            return int(row["output_tokens"])
        await asyncio.sleep(0.1)
    raise AssertionError("no heartbeat came")
