"""Somebody else's machine: a small HTTP server that keeps what it is sent and answers what it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} As told", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True, slots=True)
class Got:
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """Answers with `answers` in turn, then with 200. `endless` writes on until nobody listens any more.

    `silent` says nothing, `holds` does not end what it has said.
    """

    port: int = 0
    answers: list[bytes] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    endless: bool = False
    silent: bool = False
    holds: bool = False
    written: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.got.append(await _read(reader))
            if self.silent:
                await reader.read()
                return
            writer.write(self.answers.pop(0) if self.answers else OK)
            while self.endless:
                writer.write(b"x" * 65_536)
                self.written += 65_536
                await writer.drain()
            await writer.drain()
            if self.holds:
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


async def _read(reader: asyncio.StreamReader) -> Got:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Got(head[0], headers, await reader.readexactly(int(headers.get("content-length", "0"))))
