"""Telling people things, as handlers do."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.service import NotificationService
from stoa.shared.database import Database

API = "/api/v1/notifications"


async def tell(app: FastAPI, kind: str, user_id: UUID, /, **fields: Any) -> UUID:
    """One notice, committed; answers the id of the event it is said to follow from."""
    database: Database = app.state.database
    source_id: UUID = fields.pop("source_id", None) or uuid4()
    url, group_key = fields.pop("url", None), fields.pop("group_key", None)
    notice = Notice(kind, user_id, source_id, fields, url=url, group_key=group_key)
    await database.transact(lambda session: NotificationService(session, app.state.wording).notify(notice))
    return source_id


async def listed(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(API, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def unread(client: httpx.AsyncClient) -> int:
    answer = await client.get(f"{API}/unread-count")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["unread"])


async def ways(client: httpx.AsyncClient, notification_id: str) -> dict[str, dict[str, Any]]:
    """How a notice reached its receiver, by channel."""
    answer = await client.get(f"{API}/{notification_id}")
    assert answer.status_code == 200, answer.text
    return {way["channel"]: way for way in answer.json()["deliveries"]}


async def choose(client: httpx.AsyncClient, category: str, channel: str, wish: str) -> httpx.Response:
    cell = {"category": category, "channel": channel, "wish": wish}
    return await client.put(f"{API}/preferences", json={"preferences": [cell]})
