"""A small HTTP load client: keep-alive connections on loopback, each asking one thing after the other."""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop


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
        self._headers = headers
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
        if time.perf_counter() >= self._deadline:
            self._transport.close()
            return
        self._buffer, self._missing = b"", -1
        self._sent = time.perf_counter()
        self._transport.write(f"GET {self._next_path()} HTTP/1.1\r\nHost: localhost\r\n{self._headers}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if self._missing >= 0:
            self._missing -= len(data)
        else:
            self._buffer += data
            head, end, body = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._read_head(head, len(body))
        if self._missing <= 0:
            self._load.times.append((time.perf_counter() - self._sent) * 1000)
            self._ask()

    def _read_head(self, head: bytes, received: int) -> None:
        status = int(head[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        lower = head.lower()
        place = lower.find(b"content-length:")
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        self._missing = length - received

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
