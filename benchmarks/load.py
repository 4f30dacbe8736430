"""A small HTTP load client: keep-alive connections on loopback, each asking one thing after the other."""

import asyncio
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Load:
    """What one run saw. Times are in milliseconds."""

    seconds: float
    times: list[float] = field(repr=False)
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.99)]


class _Connection(asyncio.Protocol):
    """Sends one request, waits for the whole answer, sends the next, until the time is over."""

    def __init__(self, next_path: Callable[[], str], headers: str, load: Load, deadline: float) -> None:
        self._next_path = next_path
        self._tail = f" HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
        self._load = load
        self._deadline = deadline
        self._buffer = b""
        self._missing = -1
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        now = time.perf_counter()
        if now >= self._deadline:
            self._transport.close()
            return
        self._missing = -1
        self._sent = now
        self._transport.write(b"GET " + self._next_path().encode() + self._tail)

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._read_head(self._buffer[:end], len(self._buffer) - end - 4)
            self._buffer = b""
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._load.times.append((time.perf_counter() - self._sent) * 1000)
            self._ask()

    def _read_head(self, head: bytes, received: int) -> None:
        status = int(head[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        length = _LENGTH.search(head)
        self._missing = (int(length[1]) if length else 0) - received

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncio calls it so
        if not self.done.done():
            self.done.set_result(None)


async def _run(port: int, next_path: Callable[[], str], connections: int, seconds: float, headers: str) -> Load:
    load = Load(seconds, [], {})
    loop = asyncio.get_running_loop()
    deadline = time.perf_counter() + seconds
    started = time.perf_counter()
    protocols = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(
            lambda: _Connection(next_path, headers, load, deadline), "127.0.0.1", port
        )
        protocols.append(protocol)
    await asyncio.wait_for(asyncio.gather(*(protocol.done for protocol in protocols)), seconds + 30)
    load.seconds = time.perf_counter() - started
    return load


def drive(
    port: int, next_path: Callable[[], str], *, connections: int = 16, seconds: float = 5.0, headers: str = ""
) -> Load:
    """Ask `next_path()` on every connection for `seconds`; every answer's status is counted."""
    return uvloop.run(_run(port, next_path, connections, seconds, headers))
