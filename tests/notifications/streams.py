"""A raw client of the stream of notices: reads events line by line, as browsers do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from tests.notifications.telling import API

PATIENCE = httpx.Timeout(30)


@dataclass(frozen=True, slots=True)
class Told:
    id: int
    event: str
    data: dict[str, Any]


class Listener:
    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.last: int | None = None

    async def next(self) -> Told | None:
        """The next event; None when the server ended the stream, whole."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif "event" in fields:
                self.last = int(fields["id"])
                return Told(self.last, fields["event"], orjson.loads(fields["data"]))
            else:
                fields = {}
        return None

    async def until(self, event: str) -> Told:
        """The next event of that name, others left out."""
        while (told := await self.next()) is not None:
            if told.event == event:
                return told
        raise AssertionError(f"the stream ended without {event}")


@asynccontextmanager
async def listening(site: str, headers: dict[str, str], last: int | None = None) -> AsyncIterator[Listener]:
    resumed = {} if last is None else {"last-event-id": str(last)}
    async with (
        httpx.AsyncClient(base_url=site, headers={**headers, **resumed}, timeout=PATIENCE) as client,
        client.stream("GET", f"{API}/stream") as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Listener(answer)
