"""LangChain's ChatOpenAI, where it is installed; it is no dependency of this project."""

import importlib
import importlib.util
from typing import Any

import openai
import pytest

from tests.ai.site import AiSite, Caller

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("langchain_openai") is None,
    reason="no LangChain here: put langchain-openai on PYTHONPATH to have it tried",
)
WORDS = " ".join(f"word{number}" for number in range(1, 13))


def model(site: AiSite, caller: Caller, manner: str = "ok") -> Any:
    made = importlib.import_module("langchain_openai").ChatOpenAI
    return made(
        model=f"{site.provider}/fake-{manner}", base_url=f"{site.address}/v1", api_key=caller.key, max_retries=0
    )


async def test_plain(site: AiSite) -> None:
    caller = await site.caller()

    answer = await model(site, caller).ainvoke("one two three")

    assert answer.content == WORDS
    assert answer.usage_metadata["output_tokens"] == 12
    assert (await site.settled(caller))[0]["status"] == "complete"


async def test_streamed(site: AiSite) -> None:
    told = [chunk async for chunk in model(site, await site.caller()).astream("one two three")]

    assert "".join(chunk.content for chunk in told) == WORDS


async def test_tools(site: AiSite) -> None:
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}

    answer = await model(site, await site.caller()).bind_tools([tool]).ainvoke("one two three")

    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("look_up", {"word": "stoa"})]


async def test_faults(site: AiSite) -> None:
    caller = await site.caller()

    with pytest.raises(openai.APIError):
        async for _ in model(site, caller, "cut-3").astream("one two three"):
            pass
    with pytest.raises(openai.BadRequestError):
        await model(site, caller, "404").ainvoke("one two three")
