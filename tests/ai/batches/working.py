"""Workers of batches within the test's own loop, and what tests ask of batches over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from stoa.events.loops import Stop, keep_going, whenever_due
from stoa.shared.keyring import keyring_of
from stoa.shared.settings import Settings
from stoa.shared.settings_parts import AiSettings
from stoa.web.ai.batch_work import running_batches
from tests.ai.site import AiSite, Caller

BATCH = "/api/v1/ai/batch"
TEXT = "We baked bread in the old oven of the village. The oven is hot enough after three hours. We ate until noon."
Item = dict[str, Any]


@asynccontextmanager
async def worker(site: AiSite, redis_url: str, folder: Path) -> AsyncIterator[Stop]:
    """What `stoa worker` does about batches, until the block ends."""
    stop = Stop()
    settings = AiSettings(ai_embedded=False, ai_first_seconds=60, ai_idle_seconds=60, ai_drain_seconds=1)
    keyring = keyring_of(Settings.load(env_file=None), folder)
    async with running_batches(settings, site.database, redis_url, keyring, stop) as loops:
        tasks = [
            asyncio.create_task(keep_going(name, partial(whenever_due, work, asyncio.Event(), 0.05, stop), stop))
            for name, work in loops
        ]
        try:
            yield stop
        finally:
            stop.ask()
            await asyncio.gather(*tasks)


def moderate(text: str = "Hello.", **more: Any) -> Item:
    return {"call": "moderate", "body": {"text": text}, **more}


def summarize(site: AiSite, text: str, manner: str = "ok") -> Item:
    """Asked of the fake provider."""
    return {"call": "summarize", "body": {"text": text, "model": f"{site.provider}/fake-{manner}"}}


async def send(site: AiSite, caller: Caller, items: list[Item]) -> httpx.Response:
    async with site.client(caller) as client:
        return await client.post(BATCH, json={"items": items})


async def queued(site: AiSite, caller: Caller, items: list[Item]) -> str:
    """Its id."""
    sent = await send(site, caller, items)
    assert sent.status_code == 202, sent.text
    return str(sent.json()["id"])


async def read(site: AiSite, caller: Caller, batch_id: str, **query: Any) -> dict[str, Any]:
    async with site.client(caller) as client:
        found = await client.get(f"{BATCH}/{batch_id}", params={"limit": 100, **query})
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


async def once(site: AiSite, caller: Caller, batch_id: str, **wanted: Any) -> dict[str, Any]:
    """The batch, as soon as it is so; `waits_until=True`: as soon as it says until when it waits."""
    told: dict[str, Any] = {}
    for _ in range(600):
        told = await read(site, caller, batch_id)
        if all(bool(told[name]) if value is True else told[name] == value for name, value in wanted.items()):
            return told
        await asyncio.sleep(0.1)
    raise AssertionError(f"the batch never was so: {told}")


async def asked(site: AiSite, number: int) -> None:
    """Once the provider was asked so often."""
    for _ in range(600):
        if len(site.upstream.bill.calls) >= number:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the provider was not asked so often")


async def ended(site: AiSite, caller: Caller, batch_id: str) -> dict[str, Any]:
    return await once(site, caller, batch_id, finished_at=True)


async def stands_still(site: AiSite, caller: Caller, batch_id: str) -> dict[str, Any]:
    """The batch, as soon as it has ended or waits."""
    for _ in range(600):
        told = await read(site, caller, batch_id)
        if told["finished_at"] or told["waits_until"]:
            return told
        await asyncio.sleep(0.1)
    raise AssertionError(f"the batch goes on and on: {told}")


async def once_all_ended(site: AiSite) -> None:
    for _ in range(600):
        if not await site.rows("SELECT FROM ai_batches WHERE finished_at IS NULL"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("a batch has not ended")
