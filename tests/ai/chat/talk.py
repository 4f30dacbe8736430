"""Somebody at their chats, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from tests.ai.site import AiSite, Caller

API = "/api/v1/chat"
WORDS = " ".join(f"word{number}" for number in range(1, 13))
"""What the fake provider answers."""


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Chatter:
    """`http` is signed in as `caller`."""

    http: httpx.AsyncClient
    caller: Caller
    provider: str

    async def begin(self, model: str = "fake-ok", **fields: Any) -> str:
        """A conversation with that model of the fake provider."""
        made = await self.http.post(f"{API}/conversations", json={"provider": self.provider, "model": model, **fields})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def send(self, chat: str, content: str = "one two three", **fields: Any) -> dict[str, Any]:
        """Question and answer, once it has ended."""
        sent = await self.http.post(f"{API}/conversations/{chat}/messages", json={"content": content, **fields})
        assert sent.status_code == 201, sent.text
        return dict(sent.json())

    async def history(self, chat: str, **query: Any) -> dict[str, Any]:
        found = await self.http.get(f"{API}/conversations/{chat}/messages", params=query)
        assert found.status_code == 200, found.text
        return dict(found.json())

    async def contents(self, chat: str) -> list[str]:
        return [message["content"] for message in (await self.history(chat))["items"]]

    async def ended(self, chat: str) -> dict[str, Any]:
        """The last message of the branch, once nothing writes it any more."""
        for _ in range(300):
            last: dict[str, Any] = (await self.history(chat))["items"][-1]
            if last["status"] != "streaming":
                return last
            await asyncio.sleep(0.05)
        raise AssertionError("the answer has no end")

    @asynccontextmanager
    async def asking(self, chat: str, content: str = "one two three") -> AsyncIterator[AsyncIterator[Event]]:
        """Ask, and hear the answer's events."""
        path = f"{API}/conversations/{chat}/stream"
        async with self.http.stream("POST", path, json={"content": content}) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield events_of(response)

    async def hear(self, chat: str, last: str | None = None, **query: Any) -> list[Event]:
        """All events behind `last`, to the end."""
        headers = {"last-event-id": last} if last else {}
        path = f"{API}/conversations/{chat}/stream"
        async with self.http.stream("GET", path, headers=headers, params=query) as response:
            assert response.status_code == 200, (response.status_code, await response.aread())
            return [event async for event in events_of(response)]

    @asynccontextmanager
    async def at(self, address: str) -> AsyncIterator["Chatter"]:
        """The same person at another server of the site."""
        async with httpx.AsyncClient(base_url=address, headers=self.http.headers, timeout=60) as http:
            yield Chatter(http, self.caller, self.provider)


async def events_of(response: httpx.Response) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Event(fields["id"], fields["event"], orjson.loads(fields["data"]))
            fields = {}


async def first_words(heard: AsyncIterator[Event]) -> list[Event]:
    """All until the answer has begun."""
    events = [await anext(heard)]
    while events[-1].name != "delta":
        events.append(await anext(heard))
    return events


def text_of(events: list[Event]) -> str:
    return "".join(event.data["text"] for event in events if event.name == "delta")


def names_of(events: list[Event]) -> list[str]:
    """Each kind once, in order."""
    return list(dict.fromkeys(event.name for event in events))


@asynccontextmanager
async def chatting(
    site: AiSite, role: str = "creator", tier: str = "pro", scopes: tuple[str, ...] = ("use:gateway", "use:ai")
) -> AsyncIterator[Chatter]:
    """Somebody new."""
    caller = await site.caller(role, tier, scopes)
    async with site.client(caller) as http:
        yield Chatter(http, caller, site.provider)
