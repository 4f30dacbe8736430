"""API keys: shown once, never broader than their owner is now, and never the person behind the account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.shared.database import Database
from tests.auth.calls import API, assert_problem, me
from tests.auth.test_roles import give, make_role
from tests.conftest import client_of
from tests.people import People, Person

KEYS = f"{API}/api-keys"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person("creator")


@pytest.fixture
async def owner(people: People, ada: Person) -> httpx.AsyncClient:
    return await people.client_of(ada)


async def make(owner: httpx.AsyncClient, *scopes: str, **fields: Any) -> dict[str, Any]:
    answer = await owner.post(KEYS, json={"name": "A key", "scopes": scopes, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def using(app: FastAPI, made: dict[str, Any]) -> httpx.AsyncClient:
    return client_of(app, headers={"authorization": f"Bearer {made['key']}"})


async def permissions(client: httpx.AsyncClient) -> list[str]:
    found: list[str] = (await me(client)).json()["permissions"]
    return found


class TestKey:
    async def test_is_shown_once(self, owner: httpx.AsyncClient, db: Database) -> None:
        made = await make(owner, "create:tag", expires_at=TOMORROW)
        assert made["key"].startswith(made["prefix"])
        assert made["key"].startswith("stoa_")
        (listed,) = (await owner.get(KEYS)).json()["items"]
        same = ("id", "name", "prefix", "scopes", "last_used_at")
        assert {name: made[name] for name in same} == {name: listed[name] for name in same}
        assert listed["expires_at"][:19] == TOMORROW[:19]
        assert "key" not in listed
        async with db.reads.connection() as connection:
            stored = str(await connection.fetchrow("SELECT * FROM api_keys"))
        assert made["key"] not in stored

    async def test_has_no_scope_unless_asked(self, owner: httpx.AsyncClient, app: FastAPI) -> None:
        key = using(app, await make(owner))
        assert await permissions(key) == []
        assert_problem(await key.post(f"{API}/tags", json={"name": "New"}), 403)

    async def test_may_what_it_was_given_and_no_more(self, owner: httpx.AsyncClient, app: FastAPI) -> None:
        key = using(app, await make(owner, "create:tag", "create:tag"))
        assert (await key.post(f"{API}/tags", json={"name": "New"})).status_code == 201
        assert_problem(await key.post(f"{API}/articles", json={"title": "A", "body": "b"}), 403)
        assert await permissions(key) == ["create:tag"]

    async def test_an_ended_one_is_nobodys(self, owner: httpx.AsyncClient, app: FastAPI) -> None:
        made = await make(owner)
        assert (await owner.delete(f"{KEYS}/{made['id']}")).status_code == 204
        assert_problem(await me(using(app, made)), 401)
        assert (await owner.get(KEYS)).json()["items"] == []
        assert_problem(await owner.delete(f"{KEYS}/{made['id']}"), 404)

    async def test_an_expired_one_is_nobodys_and_makes_room(
        self, owner: httpx.AsyncClient, app: FastAPI, db: Database
    ) -> None:
        made = await make(owner, expires_at=TOMORROW)
        assert (await me(using(app, made))).status_code == 200
        async with db.unit_of_work() as session:  # two days go by
            await session.execute(text("UPDATE api_keys SET expires_at = expires_at - interval '2 days'"))
        assert_problem(await me(using(app, made)), 401)
        assert (await owner.get(KEYS)).json()["items"] == []

    async def test_anothers_is_not_there(self, owner: httpx.AsyncClient, people: People, app: FastAPI) -> None:
        made = await make(owner)
        for role in ("creator", "admin"):
            stranger = await people.client(role)
            assert_problem(await stranger.delete(f"{KEYS}/{made['id']}"), 404)
            assert (await stranger.get(KEYS)).json()["items"] == []
        assert (await me(using(app, made))).status_code == 200

    async def test_fifty_are_the_most(self, owner: httpx.AsyncClient) -> None:
        made = [await make(owner) for _ in range(50)]
        assert "End one first" in assert_problem(await owner.post(KEYS, json={"name": "One more"}), 409)["detail"]
        await owner.delete(f"{KEYS}/{made[0]['id']}")
        await make(owner)

    @pytest.mark.parametrize(
        "fields",
        [
            {"name": ""}, {"name": "x" * 81}, {"name": None}, {"scopes": ["manage:users"]}, {"scopes": ["rule:world"]},
            {"scopes": "create:tag"}, {"scopes": ["create:tag"] * 201}, {"expires_at": "2020-01-01T00:00:00Z"},
            {"expires_at": "2999-01-01T00:00:00"}, {"expires_at": "9999-12-31T23:59:59-14:00"}, {"key": "stoa_mine"},
            {"user_id": "00000000-0000-0000-0000-000000000000"},
        ],
        ids=str,
    )  # fmt: skip
    async def test_bad_input_makes_none(self, owner: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        assert_problem(await owner.post(KEYS, json={"name": "A key", **fields}), 422)
        assert (await owner.get(KEYS)).json()["items"] == []


class TestOwner:
    async def test_loses_and_regains_with_the_role(
        self, admin: httpx.AsyncClient, people: People, app: FastAPI
    ) -> None:
        role = await make_role(admin, "tagger", "create:tag", "edit:tag")
        owner = await people.client(role)
        key = using(app, await make(owner, "create:tag", "edit:tag"))
        await give(admin, role, "edit:tag", "delete:tag")
        assert await permissions(key) == ["edit:tag"]
        assert_problem(await key.post(f"{API}/tags", json={"name": "New"}), 403)
        await give(admin, role, "create:tag")
        assert await permissions(key) == ["create:tag"]

    async def test_another_role_takes_it_all(
        self, admin: httpx.AsyncClient, ada: Person, owner: httpx.AsyncClient, app: FastAPI
    ) -> None:
        key = using(app, await make(owner, "create:tag"))
        await admin.patch(f"{API}/admin/users/{ada.username}", json={"role": "viewer"})
        assert await permissions(key) == []

    async def test_a_ban_shuts_the_key_out(
        self, admin: httpx.AsyncClient, ada: Person, owner: httpx.AsyncClient, app: FastAPI
    ) -> None:
        key = using(app, await make(owner, "create:tag"))
        await admin.post(f"{API}/admin/users/{ada.username}/ban", json={"reason": "Spam"})
        assert_problem(await me(key), 403)


class TestPerson:
    """What is done in person is refused to the broadest key there is."""

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/api-keys", {"name": "Another", "scopes": []}), ("GET", "/api-keys", None),
            ("PUT", "/users/me", {"bio": "Taken over"}), ("DELETE", "/users/me", {"password": "x"}),
            ("GET", "/users/me/export", None), ("DELETE", "/users/me/avatar", None),
            ("POST", "/password/change", {"current_password": "x", "password": "a long password"}),
            ("GET", "/sessions", None), ("DELETE", "/sessions", None), ("POST", "/logout", None),
        ],
    )  # fmt: skip
    async def test_a_key_is_not_them(self, people: People, method: str, path: str, body: dict[str, Any] | None) -> None:
        key = await people.client("admin", by="key")
        answer = await key.request(method, f"{API}{path}", json=body)
        assert "API key cannot" in assert_problem(answer, 403)["detail"]

    async def test_a_key_is_no_session(self, people: People, app: FastAPI) -> None:
        key = await people.client("admin", by="key")
        secret = key.headers["authorization"].removeprefix("Bearer ")
        for path in ("/settings/profile", "/admin/mail"):
            page = await client_of(app, cookies={app.state.auth.cookie_name: secret}).get(path)
            assert page.status_code in {303, 401, 404}
