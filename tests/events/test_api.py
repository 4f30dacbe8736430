"""Events over HTTP, and the events that the product's own acts record."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from stoa.shared.database import Database
from tests.people import People

EVENTS = "/api/v1/admin/events"


async def bury(db: Database, *, handler: str = "mail.welcome_mail") -> UUID:
    event_id = uuid4()
    async with db.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO event_log (id, type, schema_version, aggregate, data, at, relayed_at, relays) "
                "VALUES (:id, 'user.verified', 1, 'user:1', '{\"user_id\": \"1\"}', now(), now(), 1)"
            ),
            {"id": event_id},
        )
        await session.execute(
            text(
                "INSERT INTO event_dead (event_id, handler, type, data, failures, error) "
                "VALUES (:id, :handler, 'user.verified', '{}', 5, 'RuntimeError: no')"
            ),
            {"id": event_id, "handler": handler},
        )
    return event_id


async def recorded(db: Database) -> list[tuple[str, Any]]:
    async with db.unit_of_work() as session:
        found = await session.execute(text("SELECT type, data::text FROM event_log ORDER BY at, id"))
        return [(row[0], row[1]) for row in found]


class TestAdminApi:
    async def test_dead_letters_are_listed_and_replayed(self, admin: httpx.AsyncClient, db: Database) -> None:
        ids = [await bury(db) for _ in range(3)]
        first = (await admin.get(f"{EVENTS}/dead", params={"limit": 2})).json()
        rest = (await admin.get(f"{EVENTS}/dead", params={"cursor": first["next_cursor"]})).json()
        letters = first["items"] + rest["items"]
        assert {letter["event_id"] for letter in letters} == {str(one) for one in ids}
        assert letters[0]["error"] == "RuntimeError: no"
        answer = await admin.post(f"{EVENTS}/{ids[0]}/replay", json={})
        assert answer.json() == {"handlers": ["mail.welcome_mail"]}
        assert (await admin.post(f"{EVENTS}/{ids[0]}/replay", json={})).status_code == 404
        way = (await admin.get(f"{EVENTS}/{ids[0]}")).json()
        assert ("mail.welcome_mail", "retrying") in [(h["handler"], h["state"]) for h in way["handlers"]]
        assert way["deliveries"] == []
        assert len((await admin.get(f"{EVENTS}/dead")).json()["items"]) == 2

    async def test_tells_how_much_waits(self, admin: httpx.AsyncClient, db: Database) -> None:
        await bury(db)
        state = (await admin.get(f"{EVENTS}/state")).json()
        assert (state["dead"], state["retrying"]) == (1, 0)

    @pytest.mark.parametrize("path", ["dead", "state", "0199a0b0-0000-7000-8000-000000000001"])
    async def test_is_for_those_who_manage_events(self, client: httpx.AsyncClient, people: People, path: str) -> None:
        assert (await client.get(f"{EVENTS}/{path}")).status_code == 401
        moderator = await people.client("moderator")
        assert (await moderator.get(f"{EVENTS}/{path}")).status_code == 403
        assert (await moderator.post(f"{EVENTS}/{uuid4()}/replay", json={})).status_code == 403

    async def test_bad_words_are_told(self, admin: httpx.AsyncClient) -> None:
        assert (await admin.get(f"{EVENTS}/{uuid4()}")).status_code == 404
        assert (await admin.get(f"{EVENTS}/no-id")).status_code == 422
        assert (await admin.get(f"{EVENTS}/dead?cursor=x")).status_code == 400
        assert (await admin.post(f"{EVENTS}/{uuid4()}/replay", json={"who": 1})).status_code == 422

    async def test_a_task_of_somebody_else_is_not_there(self, people: People) -> None:
        reader = await people.client()
        assert (await reader.get(f"/api/v1/tasks-queue/{uuid4()}")).status_code == 404
        assert (await reader.post(f"/api/v1/tasks-queue/{uuid4()}/cancel")).status_code == 404


class TestEmitted:
    async def test_publishing_changing_and_deleting_an_article(self, people: People, db: Database) -> None:
        writer = await people.client("creator")
        slug = (await writer.post("/api/v1/articles", json={"title": "One", "body": "Words."})).json()["slug"]
        assert await recorded(db) == []
        await writer.post(f"/api/v1/articles/{slug}/publish")
        await writer.post(f"/api/v1/articles/{slug}/publish")  # it is published: nothing happens
        version = (await writer.get(f"/api/v1/articles/{slug}")).headers["etag"]
        changed = await writer.patch(f"/api/v1/articles/{slug}", json={"body": "More."}, headers={"if-match": version})
        assert changed.status_code == 200, changed.text
        await writer.delete(f"/api/v1/articles/{slug}")
        kinds = [kind for kind, _ in await recorded(db)]
        assert kinds == ["article.published", "article.changed", "article.unpublished", "article.deleted"]

    async def test_registering(self, client: httpx.AsyncClient, db: Database) -> None:
        new = {"email": "eve@example.com", "username": "eve", "display_name": "Eve", "password": "a quite long phrase"}
        assert (await client.post("/api/v1/register", json=new)).status_code == 202
        ((kind, data),) = await recorded(db)
        assert kind == "user.registered"
        assert "eve" not in data  # ids only: an address in the log would outlive its account

    async def test_banning(self, admin: httpx.AsyncClient, people: People, db: Database) -> None:
        person = await people.person()
        answer = await admin.post(f"/api/v1/admin/users/{person.username}/ban", json={"reason": "spam"})
        assert answer.status_code < 300, answer.text
        assert [kind for kind, _ in await recorded(db)] == ["user.banned"]
