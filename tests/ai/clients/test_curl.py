"""curl, as people try things out."""

import asyncio
import json
import shutil

import pytest

from tests.ai.site import QUESTION, AiSite, Caller

CURL = shutil.which("curl")
pytestmark = pytest.mark.skipif(CURL is None, reason="no curl here: install Debian's package `curl`")


async def curl(site: AiSite, caller: Caller, *options: str, **body: object) -> str:
    asked = json.dumps({"model": f"{site.provider}/fake-ok", "messages": QUESTION, **body})
    running = await asyncio.create_subprocess_exec(
        str(CURL), "-sS", "--noproxy", "*", "--max-time", "30", *options, f"{site.address}/v1/chat/completions",
        "-H", f"Authorization: Bearer {caller.key}", "-H", "Content-Type: application/json", "-d", asked,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await running.communicate()
    assert running.returncode == 0
    return told.decode()


async def test_plain(site: AiSite) -> None:
    told = json.loads(await curl(site, await site.caller()))

    assert told["choices"][0]["message"]["content"].startswith("word1 word2")


async def test_streamed(site: AiSite) -> None:
    caller = await site.caller()

    told = await curl(site, caller, "-N", "-i", stream=True)

    assert "content-type: text/event-stream" in told.lower()
    assert len([line for line in told.splitlines() if line.startswith("data: ")]) == 15
    assert told.rstrip().endswith("data: [DONE]")
    [row] = await site.settled(caller)
    assert (row["status"], row["output_tokens"]) == ("complete", 12)


async def test_a_fault(site: AiSite) -> None:
    told = await curl(site, await site.caller(), "-w", "\n%{http_code}", model="no-such")

    body, status = told.rsplit("\n", 1)
    assert (status, json.loads(body)["error"]["code"]) == ("404", "model_not_found")
