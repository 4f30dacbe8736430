"""A provider that costs nothing to ask: canned answers in OpenAI's format, for load on what stands before it."""

import asyncio
import json
import re
import sys
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STREAM = re.compile(rb'"stream": ?true')
_WORDS = 20
_USAGE = {"prompt_tokens": 12, "completion_tokens": _WORDS, "total_tokens": 12 + _WORDS}
_MODEL = "gpt-4o-mini"


def _plain() -> bytes:
    message = {"role": "assistant", "content": "word " * _WORDS}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    told = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": _MODEL, "choices": [choice]}
    body = json.dumps({**told, "usage": _USAGE}).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


def _events() -> list[bytes]:
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": _MODEL}
    choices = [{"index": 0, "delta": {"role": "assistant", "content": "word "}, "finish_reason": None}] * _WORDS
    told = [{**frame, "choices": [choice]} for choice in choices]
    told.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    told.append({**frame, "choices": [], "usage": _USAGE})
    datas = [*(json.dumps(one, separators=(",", ":")).encode() for one in told), b"[DONE]"]
    events = [b"data: " + data + b"\n\n" for data in datas]
    return [b"%x\r\n" % len(event) + event + b"\r\n" for event in events] + [b"0\r\n\r\n"]


PLAIN = _plain()
EVENTS = _events()
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class Upstream(asyncio.Protocol):
    """Answers each request once its body is there; a stream's events leave one by one."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._buffer[:head])
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < end:
            return
        body, self._buffer = self._buffer[head:end], self._buffer[end:]
        if _STREAM.search(body):
            self._transport.write(STREAM_HEAD)
            self._send(0)
        else:
            self._transport.write(PLAIN)

    def _send(self, place: int) -> None:
        self._transport.write(EVENTS[place])
        if place + 1 < len(EVENTS):
            asyncio.get_running_loop().call_soon(self._send, place + 1)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
