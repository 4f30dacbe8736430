"""What goes wrong, whatever the format: refusals, garbage, and streams that do not go as they should."""

import asyncio
import json
from collections.abc import AsyncIterator

from aiohttp import payload, web
from aiohttp.abc import AbstractStreamWriter

from tests.fakes.upstream.bill import Call
from tests.fakes.upstream.manners import Manner

_MEGABYTE = b"x" * 1_048_576
_ON_ITS_WAY = 0.3
"""Seconds in which what was written before is read by itself."""
_HUNDRED = 100


async def misanswer(request: web.Request, manner: Manner, call: Call) -> web.StreamResponse | None:
    """An answer that is no answer; None where the call goes on."""
    if manner.name in {"first", "late"}:
        await asyncio.sleep(manner.number / 1000)
    if manner.status != 200:
        call.status = manner.status
        headers = {"retry-after": str(manner.number)} if manner.name == "wait" else {}
        told = {"error": {"message": f"the fake provider says {manner.status}", "type": "fake", "code": manner.status}}
        return web.json_response(told, status=manner.status, headers=headers)
    if manner.name == "redirect":
        call.status = 302
        return web.Response(status=302, headers={"location": str(request.url)})
    odd = {
        "html": (b"<html>Bad gateway</html>", "text/html"),
        "json": (b'{"choices": [', "application/json"),
        "empty": (b"", "application/json"),
        "type": (b"%PDF-1.7", "application/pdf"),
    }.get(manner.name)
    return None if odd is None else web.Response(body=odd[0], content_type=odd[1])


async def send(request: web.Request, manner: Manner, call: Call, events: AsyncIterator[bytes]) -> web.StreamResponse:
    """Event by event, as far as the manner lets it. A caller who hangs up is noted on the bill."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    try:
        await response.prepare(request)
        sent = 0
        async for event in events:
            if sent >= manner.number and manner.name in {"cut", "stall", "error"}:
                await _break(request, response, manner)
                return response
            for part in _parts(event, manner):
                await response.write(part)
            sent += 1
            if manner.name == "slow":
                await asyncio.sleep(manner.number / 1000)
        await response.write_eof()
    except (ConnectionError, asyncio.CancelledError):
        call.left_early = True
        raise
    return response


async def _break(request: web.Request, response: web.StreamResponse, manner: Manner) -> None:
    if manner.name == "stall":
        await asyncio.sleep(3600)
    await asyncio.sleep(_ON_ITS_WAY)
    if manner.name == "error":
        told = {"error": {"message": "the fake provider broke", "type": "server_error"}}
        await response.write(b"data: " + json.dumps(told).encode() + b"\n\n")
    elif request.transport is not None:
        request.transport.abort()


def _parts(event: bytes, manner: Manner) -> list[bytes]:
    match manner.name:
        case "split":
            return [event[place : place + 1] for place in range(len(event))]
        case "crlf":
            return [event.replace(b"\n", b"\r\n")]
        case "comments":
            return [b": still here\n\n", event]
        case "line":
            return [b"data: " + _MEGABYTE] * _HUNDRED
        case "huge":
            return [event + b": " + _MEGABYTE + b"\n\n"] * _HUNDRED
    return [event]


class HugeBody(payload.Payload):
    """JSON of 100 MB."""

    def __init__(self) -> None:
        super().__init__(None)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise NotImplementedError

    async def write(self, writer: AbstractStreamWriter) -> None:
        await writer.write(b'{"choices": [{"message": {"content": "')
        for _ in range(_HUNDRED):
            await writer.write(_MEGABYTE)
        await writer.write(b'"}}]}')
