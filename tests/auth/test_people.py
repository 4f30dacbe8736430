"""Managing people: finding them, roles and tiers, bans; and that nobody acts on those above them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from stoa.shared.database import Database
from tests.auth.calls import API, assert_problem, me, sign_in
from tests.auth.conftest import Mails
from tests.people import PASSWORD, People, Person

USERS = f"{API}/users"
PEOPLE = f"{API}/admin/users"
LATER = (datetime.now(UTC) + timedelta(days=30)).isoformat()


async def find(admin: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await admin.get(USERS, params=query)
    assert answer.status_code == 200, answer.text
    return [item["username"] for item in answer.json()["items"]]


async def ban(client: httpx.AsyncClient, person: Person, **fields: Any) -> httpx.Response:
    return await client.post(f"{PEOPLE}/{person.username}/ban", json={"reason": "Spam", **fields})


async def change(client: httpx.AsyncClient, person: Person, **fields: Any) -> httpx.Response:
    return await client.patch(f"{PEOPLE}/{person.username}", json=fields)


class TestFinding:
    @pytest.mark.parametrize("search", ["lovel", "ADA-OF", "ada.l@", "Ada  Love", "%", "_x", "\\"])
    async def test_by_part_of_name_username_or_address(
        self, admin: httpx.AsyncClient, people: People, search: str
    ) -> None:
        await people.person(username="ada-of-the-list", display_name="Ada Lovelace 50%_x\\y", email="ada.l@example.com")
        await people.person(username="grace-of-the-list", display_name="Grace Hopper")
        assert await find(admin, search=search) == ["ada-of-the-list"]

    async def test_by_role_and_state(self, admin: httpx.AsyncClient, people: People) -> None:
        banned = await people.person("moderator", username="banned-one")
        await people.person("moderator", username="new-one", is_verified=False)
        await people.person("moderator", username="good-one")
        await ban(admin, banned)
        assert await find(admin, role="moderator") == ["good-one", "new-one", "banned-one"]
        assert await find(admin, role="moderator", state="banned") == ["banned-one"]
        assert await find(admin, role="moderator", state="unverified") == ["new-one"]
        assert await find(admin, role="moderator", state="active") == ["good-one", "new-one"]
        assert await find(admin, role="nothing") == []

    async def test_page_by_page(self, admin: httpx.AsyncClient, people: People) -> None:
        names = [(await people.person("moderator")).username for _ in range(5)]
        seen: list[str] = []
        query: dict[str, Any] = {"role": "moderator", "limit": 2, "count": "true"}
        for _ in range(3):
            page = (await admin.get(USERS, params=query)).json()
            seen += [item["username"] for item in page["items"]]
            query["cursor"] = page["next_cursor"]
        assert seen == names[::-1]
        assert (page["total"], page["next_cursor"]) == (5, None)

    @pytest.mark.parametrize(
        "made",
        [
            ["users", "9999-12-31T23:59:59-14:00", "00000000-0000-0000-0000-000000000000"],
            ["users", "0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000"],
            ["users", "2026-01-01T00:00:00", "00000000-0000-0000-0000-000000000000"],
            ["users", "2026-01-01T00:00:00Z", "x"],
            ["tags", "2026-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000"],
        ],
        ids=str,
    )
    async def test_a_forged_cursor_is_told(self, admin: httpx.AsyncClient, made: list[str]) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(made).encode()).rstrip(b"=").decode()
        assert_problem(await admin.get(USERS, params={"cursor": cursor}), 400)

    @pytest.mark.parametrize("query", ["state=odd", "limit=0", "limit=101", "skip=-1", "search=", "role=" + "x" * 41])
    async def test_bad_filters_are_told(self, admin: httpx.AsyncClient, query: str) -> None:
        assert_problem(await admin.get(f"{USERS}?{query}"), 422)


class TestChanging:
    async def test_another_role_and_tier(self, admin: httpx.AsyncClient, people: People) -> None:
        person = await people.person()
        client = await people.client_of(person)
        row = (await change(admin, person, role="creator", tier="pro")).json()
        assert (row["role"], row["tier"]) == ("creator", "pro")
        mine = (await me(client)).json()
        assert (mine["role"], mine["tier"]) == ("creator", "pro")
        assert "create:article" in mine["permissions"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"tier": "gold"}, {"role": "Über"}, {"role": ["admin"]}, {"is_verified": True}, {"is_active": False},
            {"email": "mine@example.com"}, {"username": "other"}, {"password": "a long password"}, {"id": 1},
            {"permissions": ["manage:users"]}, {"banned_at": None},
        ],
        ids=str,
    )  # fmt: skip
    async def test_nothing_else(self, admin: httpx.AsyncClient, people: People, fields: dict[str, Any]) -> None:
        assert_problem(await change(admin, await people.person(), **fields), 422)

    async def test_a_role_that_is_not_there(self, admin: httpx.AsyncClient, people: People) -> None:
        assert "no role 'emperor'" in assert_problem(
            await change(admin, await people.person(), role="emperor"), 404
        )["detail"]  # fmt: skip

    async def test_confirming_is_asked_for_again(
        self, admin: httpx.AsyncClient, people: People, mails_to: Mails
    ) -> None:
        person = await people.person(is_verified=False)
        assert (await admin.post(f"{PEOPLE}/{person.username}/resend-verification")).status_code == 204
        assert [mail["kind"] for mail in await mails_to(person.email)] == ["verify-email"]
        done = await people.person()
        assert_problem(await admin.post(f"{PEOPLE}/{done.username}/resend-verification"), 409)

    async def test_signing_somebody_out(self, admin: httpx.AsyncClient, people: People) -> None:
        person = await people.person()
        clients = [await people.client_of(person, by=by) for by in ("token", "cookie")]
        assert (await admin.post(f"{PEOPLE}/{person.username}/sign-out")).status_code == 204
        assert [(await me(client)).status_code for client in clients] == [401, 401]


class TestErased:
    async def test_nothing_is_done_to_who_is_gone(self, admin: httpx.AsyncClient, people: People) -> None:
        person = await people.person(with_password=True)
        theirs = await people.client_of(person)
        await theirs.request("DELETE", f"{USERS}/me", json={"password": PASSWORD})
        (name,) = await find(admin, state="erased")
        account = f"{PEOPLE}/{name}"
        for method, path, body in (
            ("PATCH", "", {"role": "admin"}),
            ("POST", "/ban", {"reason": "Spam"}),
            ("DELETE", "/ban", None),
            ("POST", "/sign-out", None),
            ("POST", "/resend-verification", None),
        ):
            assert_problem(await admin.request(method, f"{account}{path}", json=body), 409)
        assert (await admin.get(account)).json()["role"] == "viewer"


class TestBan:
    async def test_shuts_out_at_once_and_says_why(
        self, admin: httpx.AsyncClient, client: httpx.AsyncClient, people: People
    ) -> None:
        person = await people.person("creator", with_password=True)
        theirs = await people.client_of(person)
        row = (await ban(admin, person, reason="Sold watches", until=LATER)).json()
        assert (row["ban_reason"], row["banned_until"][:10]) == ("Sold watches", LATER[:10])
        assert "Sold watches" in assert_problem(await me(theirs), 403)["detail"]
        refused = assert_problem(await sign_in(client, person.username), 400)
        assert refused["error"] == "invalid_grant"
        assert (await admin.delete(f"{PEOPLE}/{person.username}/ban")).status_code == 204
        assert (await me(theirs)).status_code == 200
        assert (await sign_in(client, person.username)).status_code == 200

    async def test_ends_by_itself(
        self, admin: httpx.AsyncClient, client: httpx.AsyncClient, people: People, db: Database
    ) -> None:
        person = await people.person(with_password=True)
        theirs = await people.client_of(person)
        await ban(admin, person, until=LATER)
        assert (await me(theirs)).status_code == 403
        async with db.unit_of_work() as session:  # a month goes by
            ago = "banned_at = banned_at - interval '31 days', banned_until = banned_until - interval '31 days'"
            await session.execute(text(f"UPDATE users SET {ago} WHERE id = :id"), {"id": person.id})  # noqa: S608
        assert (await me(theirs)).status_code == 200
        assert (await sign_in(client, person.username)).status_code == 200
        assert person.username in await find(admin, state="active")
        assert await find(admin, state="banned") == []

    @pytest.mark.parametrize(
        "fields",
        [
            {"until": "2020-01-01T00:00:00Z"}, {"until": "2999-01-01T00:00:00"}, {"until": "tomorrow"}, {"until": True},
            {"until": "9999-12-31T23:59:59-14:00"}, {"reason": ""}, {"reason": "x" * 201}, {"reason": None}, {"by": 1},
        ],
        ids=str,
    )  # fmt: skip
    async def test_bad_input_bans_nobody(
        self, admin: httpx.AsyncClient, people: People, fields: dict[str, Any]
    ) -> None:
        person = await people.person()
        assert_problem(await ban(admin, person, **fields), 422)
        assert await find(admin, state="banned") == []

    async def test_lifting_none_is_no_act(self, admin: httpx.AsyncClient, people: People) -> None:
        person = await people.person()
        assert (await admin.delete(f"{PEOPLE}/{person.username}/ban")).status_code == 204
        events = (await admin.get(f"{API}/admin/audit", params={"action": "user.unbanned"})).json()["items"]
        assert events == []

    async def test_readers_are_not_told_of_it(
        self, admin: httpx.AsyncClient, client: httpx.AsyncClient, people: People
    ) -> None:
        person = await people.person("creator")
        await ban(admin, person, reason="Sold watches")
        answer = await client.get(f"{USERS}/{person.username}")
        assert answer.status_code == 200
        assert "ban" not in " ".join(answer.json())
        assert "watches" not in answer.text
