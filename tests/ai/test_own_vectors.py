"""Vectors for any client of OpenAI without a key and without a network: the model that comes along makes them."""

import base64
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stoa.shared.embedding import is_installed
from tests.ai.chat.conftest import redis_url
from tests.ai.chat.test_ask_site import visiting
from tests.ai.site import AiSite, Caller

__all__ = ["redis_url"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")]
TEXTS = ["A heron waits at the pond.", "Ein Reiher wartet am Teich.", "The invoice is due in March."]


@pytest.fixture
async def caller(site: AiSite) -> Caller:
    return await site.caller()


@pytest.fixture
async def client(site: AiSite, caller: Caller, redis_url: str, data_dir: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(site, redis_url, data_dir, key=caller.key, ai_embedded="true") as made:
        yield made


async def embedded(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.post("/v1/embeddings", json={"model": "stoa-embed", "input": TEXTS, **body})


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_say_what_texts_mean_in_any_language_and_cost_nothing(
    site: AiSite, client: httpx.AsyncClient, caller: Caller
) -> None:
    told = await embedded(client)
    assert told.status_code == 200, told.text
    heron, reiher, invoice = (one["embedding"] for one in told.json()["data"])
    assert len(heron) == 384
    assert likeness(heron, reiher) > likeness(heron, invoice)
    assert told.json()["usage"]["prompt_tokens"] > 10
    assert told.headers["x-stoa-provider"] == "vectors"
    [row] = await site.settled(caller)
    assert (row["provider"], row["model"], row["cost_micros"]) == ("vectors", "multilingual-e5-small", 0)


async def test_are_told_as_the_sdk_of_openai_asks_for_them(client: httpx.AsyncClient) -> None:
    plain = (await embedded(client, input=TEXTS[0])).json()["data"][0]["embedding"]
    packed = (await embedded(client, input=TEXTS[0], encoding_format="base64")).json()["data"][0]["embedding"]
    assert list(array("f", base64.b64decode(packed))) == pytest.approx(plain, abs=1e-6)
    names = [one["id"] for one in (await client.get("/v1/models")).json()["data"]]
    assert {"stoa-embed", "vectors/multilingual-e5-small"} <= set(names)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"input": [[1, 2, 3]]}, "texts, not tokens"),
        ({"dimensions": 64}, "384 numbers"),
        ({"input": ["word"] * 257}, "at most 256"),
    ],
)
async def test_are_refused_where_the_model_cannot_make_them(
    client: httpx.AsyncClient, body: dict[str, Any], words: str
) -> None:
    told = await embedded(client, **body)
    assert told.status_code == 400
    assert words in told.json()["error"]["message"]


async def test_are_no_answers_to_questions(client: httpx.AsyncClient) -> None:
    body = {"model": "vectors/multilingual-e5-small", "messages": [{"role": "user", "content": "Hello?"}]}
    told = await client.post("/v1/chat/completions", json=body)
    assert told.status_code == 400
    assert "makes vectors" in told.json()["error"]["message"]
