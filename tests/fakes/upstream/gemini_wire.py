"""The fake provider in Gemini's format."""

import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from tests.fakes.upstream.bill import Bill, Call, answer_words, words_in
from tests.fakes.upstream.manners import Manner, Manners
from tests.fakes.upstream.misbehaving import misanswer, send


class GeminiWire:
    def __init__(self, manners: Manners, bill: Bill) -> None:
        self._manners = manners
        self._bill = bill

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:generateContent", self.whole),
            web.post("/v1beta/models/{model}:streamGenerateContent", self.stream),
            web.post("/v1beta/models/{model}:batchEmbedContents", self.embed),
            web.get("/v1beta/models", self.models),
        ]

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [{"name": "models/fake-ok"}]})

    async def whole(self, request: web.Request) -> web.StreamResponse:
        body, call, manner = await self._begun(request, streams=False)
        refused = await misanswer(request, manner, call)
        if refused is not None:
            return refused
        words = answer_words(_most(body))
        call.output_tokens = len(words)
        return web.json_response(_chunk(" ".join(words), call, manner, reason="STOP"))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        body, call, manner = await self._begun(request, streams=True)
        refused = await misanswer(request, manner, call)
        if refused is not None:
            return refused
        return await send(request, manner, call, _events(answer_words(_most(body)), call, manner))

    async def embed(self, request: web.Request) -> web.StreamResponse:
        body, call, manner = await self._begun(request, streams=False)
        refused = await misanswer(request, manner, call)
        if refused is not None:
            return refused
        return web.json_response({"embeddings": [{"values": [0.1, 0.2]} for _ in body.get("requests", [])]})

    async def _begun(self, request: web.Request, *, streams: bool) -> tuple[dict[str, Any], Call, Manner]:
        body = await request.json()
        key = request.headers.get("x-goog-api-key", "")
        model = request.match_info["model"]
        words = words_in([body.get("contents"), body.get("systemInstruction"), body.get("requests")])
        call = self._bill.add(Call("gemini", key, model, streams, words, body=body))
        return body, call, self._manners.of(model)


def _most(body: dict[str, Any]) -> int | None:
    most: int | None = (body.get("generationConfig") or {}).get("maxOutputTokens")
    return most


async def _events(words: list[str], call: Call, manner: Manner) -> AsyncIterator[bytes]:
    for number, word in enumerate(words, 1):
        call.output_tokens = number
        last = number == len(words)
        told = _chunk(word if number == 1 else f" {word}", call, manner, reason="STOP" if last else None)
        yield b"data: " + json.dumps(told).encode() + b"\r\n\r\n"


def _chunk(text: str, call: Call, manner: Manner, *, reason: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
    if reason is not None:
        candidate["finishReason"] = reason
    told: dict[str, Any] = {"candidates": [candidate], "modelVersion": call.model, "responseId": "fake"}
    if reason is not None and manner.name != "nousage":
        told["usageMetadata"] = {
            "promptTokenCount": call.input_tokens,
            "candidatesTokenCount": call.output_tokens,
            "totalTokenCount": call.input_tokens + call.output_tokens,
        }
    return told
