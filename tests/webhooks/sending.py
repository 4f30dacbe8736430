"""What the tests of webhooks share: endpoints made over the API, and a worker's work done a step at a time."""

from typing import Any
from uuid import UUID

import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.users.events import UserVerified
from stoa.modules.webhooks.channel import WebhookChannel, outbound
from stoa.shared.database import Database
from stoa.shared.ids import new_id
from tests.handling import handle_events

HOOKS = "/api/v1/webhooks"


class Site:
    """The site as an admin sees it, with its worker."""

    def __init__(self, app: FastAPI, admin: httpx.AsyncClient) -> None:
        self.app, self.admin = app, admin
        self.database: Database = app.state.database
        client = outbound(allow_private=app.state.settings.notices.private_targets)
        self.channel = WebhookChannel(self.database, app.state.webhooks.keyring, client)

    async def endpoint(self, url: str, *types: str, **more: Any) -> dict[str, Any]:
        body = {"url": url, "event_types": list(types) or ["*"], **more}
        made = await self.admin.post(HOOKS, json=body)
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def read(self, endpoint: dict[str, Any], rest: str = "") -> Any:
        found = await self.admin.get(f"{HOOKS}/{endpoint['id']}{rest}")
        assert found.status_code == 200, found.text
        return found.json()

    async def change(self, endpoint: dict[str, Any], **change: Any) -> dict[str, Any]:
        done = await self.admin.patch(f"{HOOKS}/{endpoint['id']}", json=change, headers={"if-match": "*"})
        assert done.status_code == 200, done.text
        found: dict[str, Any] = done.json()
        return found

    async def test(self, endpoint: dict[str, Any]) -> str:
        asked = await self.admin.post(f"{HOOKS}/{endpoint['id']}/test")
        assert asked.status_code == 202, asked.text
        return str(asked.json()["delivery_id"])

    async def happen(self) -> UserVerified:
        """Something, as far as it leads to deliveries."""
        event = UserVerified(user_id=new_id())

        async def record(session: AsyncSession) -> None:
            await publish(session, event)

        await self.database.transact(record)
        await handle_events(self.app)
        return event

    async def deliver(self, *, now: bool = False) -> int:
        """All that is due, each once; `now`: also what is to wait."""
        if now:
            await self.run("UPDATE deliveries SET next_at = clock_timestamp() WHERE next_at IS NOT NULL")
        count = 0
        while await Deliverer(self.database, self.channel).deliver():
            count += 1
        return count

    async def delivery(self, endpoint: dict[str, Any], delivery_id: str | UUID | None = None) -> Any:
        """The one named, or the newest, with its tries."""
        if delivery_id is None:
            delivery_id = (await self.read(endpoint, "/deliveries"))["items"][0]["id"]
        return await self.read(endpoint, f"/deliveries/{delivery_id}")

    async def replay(self, endpoint: dict[str, Any], delivery_id: str) -> httpx.Response:
        return await self.admin.post(f"{HOOKS}/{endpoint['id']}/deliveries/{delivery_id}/replay")

    async def run(self, sql: str, **values: object) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(text(sql), values)

        await self.database.transact(work)

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of what is in the log of that kind."""

        async def work(session: AsyncSession) -> list[dict[str, Any]]:
            rows = await session.scalars(text("SELECT data::text FROM event_log WHERE type = :kind"), {"kind": kind})
            return [orjson.loads(row) for row in rows]

        return await self.database.transact(work)


def missing() -> UUID:
    return new_id()
