"""One's own notices: told once, counted right, read, archived; and nobody else's."""

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.notifications.schemas import NotificationDetail, NotificationOut, WayOut
from stoa.modules.notifications.service import NotificationService
from stoa.shared.database import Database
from stoa.shared.queries import Query
from tests.notifications.telling import API, listed, tell, unread, ways
from tests.people import People, Person

OF_USER = Query.text("SELECT count(*) FROM notifications WHERE user_id = $1", ("id",))


@pytest.fixture
async def person(people: People) -> Person:
    return await people.person()


@pytest.fixture
async def client(people: People, person: Person) -> httpx.AsyncClient:
    return await people.client_of(person)


class TestTelling:
    async def test_a_notice_stands_in_the_list_in_words(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        await tell(app, "role_changed", person.id, role="creator", former_role="viewer", url="/studio")
        [item] = await listed(client)
        assert item["title"] == "Your role is creator now"
        assert item["message"] == "Your role on Stoa changed from viewer to creator. It holds at once."
        assert (item["category"], item["type"], item["url"]) == ("account", "role_changed", "/studio")
        assert (item["number"], item["times"], item["read_at"]) == (1, 1, None)
        assert await unread(client) == 1

    async def test_a_repeat_of_the_same_event_does_nothing(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person, admin: httpx.AsyncClient
    ) -> None:
        source_id = await tell(app, "welcome", person.id)
        await tell(app, "welcome", person.id, source_id=source_id)
        assert len(await listed(client)) == 1
        assert await unread(client) == 1
        mails = (await admin.get("/api/v1/admin/mail", params={"recipient": person.email})).json()["items"]
        assert len(mails) == 1

    async def test_numbers_grow_by_one_for_each_person(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person, people: People
    ) -> None:
        other = await people.person()
        for user_id in (person.id, other.id, person.id):
            await tell(app, "signed_out", user_id)
        assert [item["number"] for item in await listed(client)] == [2, 1]

    async def test_while_unread_a_group_grows_instead_of_filling_the_list(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        first = await tell(app, "delivery_failed", person.id, channel="mail", kind="a", reason="No.", group_key="mail")
        second = await tell(app, "delivery_failed", person.id, channel="sms", kind="b", reason="So.", group_key="mail")
        for again in (first, second):
            await tell(
                app,
                "delivery_failed",
                person.id,
                channel="sms",
                kind="b",
                reason="So.",
                group_key="mail",
                source_id=again,
            )
        [item] = await listed(client)
        assert (item["times"], item["number"], item["title"]) == (2, 2, "An SMS could not be delivered")
        assert await unread(client) == 1
        answer = (await client.get(f"{API}/{item['id']}")).json()
        reasons = [way["reason"] for way in answer["deliveries"] if way["channel"] == "push"]
        assert any(reason.startswith("One like it was there already") for reason in reasons)
        await client.patch(f"{API}/{item['id']}/read")
        await tell(app, "delivery_failed", person.id, channel="mail", kind="a", reason="No.", group_key="mail")
        assert [item["times"] for item in await listed(client)] == [1, 2]

    async def test_who_erased_their_account_is_told_nothing(
        self, app: FastAPI, people: People, admin: httpx.AsyncClient
    ) -> None:
        leaver = await people.person(with_password=True)
        async with await people.client_of(leaver) as client:
            await tell(app, "welcome", leaver.id)
            gone = await client.request("DELETE", "/api/v1/users/me", json={"password": leaver.password})
            assert gone.status_code == 204
        await tell(app, "signed_out", leaver.id)
        mails = (await admin.get("/api/v1/admin/mail", params={"recipient": leaver.email})).json()["items"]
        assert mails == []


class TestReading:
    async def test_read_and_unread_again(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        await tell(app, "welcome", person.id)
        [item] = await listed(client)
        path = f"{API}/{item['id']}/read"
        for _ in range(2):
            assert (await client.patch(path)).status_code == 204
            assert await unread(client) == 0
        assert (await listed(client))[0]["read_at"] is not None
        assert await listed(client, unread="true") == []
        assert (await client.patch(path, json={"read": False})).status_code == 204
        assert await unread(client) == 1
        assert (await client.patch(path, json={"read": "perhaps"})).status_code == 422

    async def test_all_up_to_what_was_seen(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        for _ in range(3):
            await tell(app, "welcome", person.id)
        assert (await client.post(f"{API}/read-all", json={"up_to": 2})).status_code == 204
        assert [item["number"] for item in await listed(client, unread="true")] == [3]
        assert (await client.post(f"{API}/read-all")).status_code == 204
        assert await unread(client) == 0

    async def test_archived_is_away_and_read(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        await tell(app, "welcome", person.id)
        [item] = await listed(client)
        assert (await client.post(f"{API}/{item['id']}/archive")).status_code == 204
        assert await listed(client) == []
        assert await unread(client) == 0
        assert [found["id"] for found in await listed(client, archived="true")] == [item["id"]]

    async def test_pages_by_cursor_and_category(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        for kind in ("welcome", "signed_out", "welcome", "welcome"):
            await tell(app, kind, person.id)
        first = (await client.get(API, params={"category": "account", "limit": 2, "count": "true"})).json()
        assert ([item["number"] for item in first["items"]], first["total"]) == ([4, 3], 3)
        rest = await listed(client, category="account", limit=2, cursor=first["next_cursor"])
        assert [item["number"] for item in rest] == [1]
        assert (await client.get(API, params={"category": "weather"})).status_code == 422
        assert (await client.get(API, params={"cursor": "x"})).status_code == 400

    async def test_another_persons_is_not_there(self, app: FastAPI, person: Person, people: People) -> None:
        await tell(app, "welcome", person.id)
        async with await people.client_of(person) as own:
            [item] = await listed(own)
        async with await people.client("admin") as other:
            for method, path in (("GET", ""), ("PATCH", "/read"), ("POST", "/archive")):
                assert (await other.request(method, f"{API}/{item['id']}{path}")).status_code == 404
                assert (await other.request(method, f"{API}/{uuid4()}{path}")).status_code == 404
        async with await people.client_of(person) as own:
            assert await unread(own) == 1

    async def test_what_is_answered_is_what_is_documented(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        await tell(app, "welcome", person.id)
        [item] = await listed(client)
        detail = (await client.get(f"{API}/{item['id']}")).json()
        assert NotificationOut.model_validate(item).number == NotificationDetail.model_validate(detail).number == 1
        assert set(item) == set(NotificationOut.model_fields)
        assert set(detail) == set(NotificationDetail.model_fields)
        assert {frozenset(way) for way in detail["deliveries"]} == {frozenset(WayOut.model_fields)}

    async def test_the_owner_sees_how_it_reached_them(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        await tell(app, "welcome", person.id)
        [item] = await listed(client)
        found = await ways(client, item["id"])
        assert found["in_app"]["state"] == "sent"
        assert (found["mail"]["state"], found["mail"]["recipient"]) == ("pending", person.email)
        assert found["sms"]["reason"] == "SMS is off for Welcome unless you switch it on for Account."
        assert found["push"]["reason"] == "No device of yours takes push notices."


class TestLeaving:
    async def test_the_export_holds_them_and_erasing_takes_them(
        self, app: FastAPI, people: People, db: Database
    ) -> None:
        leaver = await people.person(with_password=True)
        await tell(app, "welcome", leaver.id)
        async with await people.client_of(leaver) as client:
            archive = (await client.get("/api/v1/users/me/export")).content
            assert b"notifications.json" in archive
            assert b"notification-preferences.json" in archive
            [item] = await listed(client)
            await client.request("DELETE", "/api/v1/users/me", json={"password": leaver.password})
        found = await db.reads.fetch_value(OF_USER, id=leaver.id)
        assert found == 0, item

    async def test_old_ones_go_once_they_were_read(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person, db: Database
    ) -> None:
        for _ in range(2):
            await tell(app, "welcome", person.id)
        newest, _ = await listed(client)
        await client.patch(f"{API}/{newest['id']}/read")
        service = NotificationService
        await db.transact(lambda session: service(session, app.state.wording).purge(1))
        assert len(await listed(client)) == 2
        await db.transact(lambda session: service(session, app.state.wording).purge(-1))
        assert [item["number"] for item in await listed(client)] == [1]
