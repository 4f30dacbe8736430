"""The fake provider in OpenAI's format."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from tests.fakes.upstream.bill import Bill, Call, answer_words, words_in
from tests.fakes.upstream.manners import Manner, Manners
from tests.fakes.upstream.misbehaving import HugeBody, misanswer, send

SAY_AGAIN = {"echo": -1, "recite": 0}
"""Which message is said again by these manners."""
_TOOL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"word": "stoa"}'}}


class OpenAIWire:
    def __init__(self, manners: Manners, bill: Bill) -> None:
        self._manners = manners
        self._bill = bill

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/chat/completions", self.chat),
            web.post("/v1/embeddings", self.embeddings),
            web.get("/v1/models", self.models),
        ]

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "fake-ok", "object": "model"}]})

    async def embeddings(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        manner = self._manners.of(body["model"])
        call = self._bill.add(_call(request, body, words_in(body["input"])))
        refused = await misanswer(request, manner, call)
        if refused is not None:
            return refused
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        vectors = [{"object": "embedding", "index": place, "embedding": [0.1, 0.2]} for place in range(len(texts))]
        usage = {"prompt_tokens": call.input_tokens, "total_tokens": call.input_tokens}
        return web.json_response({"object": "list", "model": body["model"], "data": vectors, "usage": usage})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        manner = self._manners.of(body["model"])
        call = self._bill.add(_call(request, body, words_in(body["messages"])))
        refused = await misanswer(request, manner, call)
        if refused is not None:
            return refused
        words = _said_again(body, manner) or answer_words(body.get("max_completion_tokens") or body.get("max_tokens"))
        if body.get("stream"):
            wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
            return await send(request, manner, call, _events(body, words, call, manner, wants_usage=wants_usage))
        if manner.name == "huge":
            return web.Response(body=HugeBody(), content_type="application/json")
        call.output_tokens = len(words)
        return web.json_response(_whole(body, words, call, manner))


def _call(request: web.Request, body: dict[str, Any], words: int) -> Call:
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    return Call("openai", key, body["model"], bool(body.get("stream")), words, body=body)


def _said_again(body: dict[str, Any], manner: Manner) -> list[str]:
    """What it was told, in pieces of three characters; nothing for the other manners."""
    place = SAY_AGAIN.get(manner.name)
    if place is None:
        return []
    text = str(body["messages"][place]["content"])
    return [text[at : at + 3] for at in range(0, len(text), 3)]


def _whole(body: dict[str, Any], words: list[str], call: Call, manner: Manner) -> dict[str, Any]:
    content = ("" if manner.name in SAY_AGAIN else " ").join(words)
    message: dict[str, Any] = {"role": "assistant", "content": content}
    reason = "stop"
    if body.get("tools"):
        message, reason = {"role": "assistant", "content": None, "tool_calls": [_TOOL]}, "tool_calls"
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
    }
    return answer if manner.name == "nousage" else {**answer, "usage": _usage(call, manner)}


async def _events(
    body: dict[str, Any], words: list[str], call: Call, manner: Manner, *, wants_usage: bool
) -> AsyncIterator[bytes]:
    """The first event names the role and says nothing; every word after it is one event and one token."""
    endless = manner.name in {"endless", "late"}
    yield _event(body, {"role": "assistant", "content": ""})
    if body.get("tools"):
        yield _event(body, {"tool_calls": [{"index": 0, **_TOOL}]})
        words = []
    number = 0
    while endless or number < len(words):
        call.output_tokens += 1
        word = words[number] if number < len(words) else f"word{number + 1}"
        between = "" if number == 0 or manner.name in SAY_AGAIN else " "
        yield _event(body, {"content": f"{between}{word}"})
        number += 1
        if endless:
            await asyncio.sleep(0.005 if manner.name == "late" else 0)
    yield _event(body, {}, "tool_calls" if body.get("tools") else "stop")
    if wants_usage and manner.name != "nousage":
        yield _data({**_frame(body), "choices": [], "usage": _usage(call, manner)})
    yield b"data: [DONE]\n\n"


def _event(body: dict[str, Any], delta: dict[str, Any], reason: str | None = None) -> bytes:
    return _data({**_frame(body), "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


def _frame(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}


def _data(told: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode() + b"\n\n"


def _usage(call: Call, manner: Manner) -> dict[str, int]:
    if manner.name == "zerousage":
        return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return {
        "prompt_tokens": call.input_tokens,
        "completion_tokens": call.output_tokens,
        "total_tokens": call.input_tokens + call.output_tokens,
    }
