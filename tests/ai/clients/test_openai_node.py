"""OpenAI's own SDK for Node, where it is installed; it is no dependency of this project."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ai.site import AiSite, Caller

NODE, MODULES = shutil.which("node"), os.environ.get("TESTS_NODE_MODULES", "")
SCRIPT = Path(__file__).with_name("openai_node.cjs")
pytestmark = pytest.mark.skipif(
    NODE is None or not (Path(MODULES) / "openai").is_dir() or not MODULES,
    reason="no OpenAI SDK for Node here: name the folder it is installed in by TESTS_NODE_MODULES",
)


async def tried(site: AiSite, caller: Caller) -> Any:
    environment = {
        **os.environ, "NODE_PATH": MODULES, "ADDRESS": f"{site.address}/v1", "KEY": caller.key, "NAMED": site.provider
    }  # fmt: skip
    running = await asyncio.create_subprocess_exec(
        str(NODE), str(SCRIPT), env=environment, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await asyncio.wait_for(running.communicate(), 60)
    assert running.returncode == 0
    return json.loads(told)


async def test_answers_and_faults(site: AiSite) -> None:
    caller = await site.caller()
    words = " ".join(f"word{number}" for number in range(1, 13))

    told = await tried(site, caller)

    assert (told["plain"], told["streamed"]) == (words, words)
    assert told["usage"] == 12
    assert told["tool"] == {"name": "look_up", "arguments": '{"word": "stoa"}'}
    assert told["vectors"] == 2
    assert told["cut"] == {"kind": "APIError", "heard": "word1 word2"}
    assert told["refused"] == {"kind": "BadRequestError", "status": 400}
    assert told["unknown"] == {"kind": "NotFoundError", "status": 404}
    assert told["stranger"] == {"kind": "AuthenticationError", "status": 401}
    rows = await site.settled(caller, 6)
    assert [row["status"] for row in rows] == ["complete"] * 4 + ["cut", "error"]
