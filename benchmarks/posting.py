"""A small load client for what is posted: keep-alive connections that send one body again and again."""

import asyncio
import re
import time
from typing import cast

import uvloop

from benchmarks.load import Load

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"0\r\n\r\n"


class _Poster(asyncio.Protocol):
    """Posts, waits for the whole answer, plain or in chunks, posts again, until the time is over."""

    def __init__(self, request: bytes, load: Load, deadline: float, most: int) -> None:
        self._request = request
        self._load = load
        self._deadline = deadline
        self._most = most
        self._buffer = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        now = time.perf_counter()
        if now >= self._deadline or len(self._load.times) >= self._most:
            self._transport.close()
            return
        self._buffer.clear()
        self._sent = now
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0 or not self._is_whole(head):
            return
        status = int(self._buffer[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._load.times.append((time.perf_counter() - self._sent) * 1000)
        self._ask()

    def _is_whole(self, head: int) -> bool:
        length = _LENGTH.search(self._buffer, 0, head + 2)
        if length is not None:
            return len(self._buffer) >= head + 4 + int(length[1])
        return self._buffer.endswith(_LAST_CHUNK)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncio calls it so
        if not self.done.done():
            self.done.set_result(None)


def post(
    port: int,
    path: str,
    body: bytes,
    headers: str = "",
    *,
    connections: int = 32,
    seconds: float = 5.0,
    most: int = 10**9,
) -> Load:
    """Post `body` on every connection for `seconds`, or until `most` answers are there."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n{headers}"
    request = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    return uvloop.run(_run(port, request, connections, seconds, most))


async def _run(port: int, request: bytes, connections: int, seconds: float, most: int) -> Load:
    load = Load(seconds, [], {})
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    posters = []
    for _ in range(connections):
        _, poster = await loop.create_connection(
            lambda: _Poster(request, load, started + seconds, most), "127.0.0.1", port
        )
        posters.append(poster)
    await asyncio.wait_for(asyncio.gather(*(poster.done for poster in posters)), seconds + 60)
    load.seconds = time.perf_counter() - started
    return load
