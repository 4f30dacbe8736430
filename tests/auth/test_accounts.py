"""Registering, confirming an address, recovering and changing passwords, leaving."""

import io
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.auth.calls import API, assert_problem, me, sign_in, tokens
from tests.auth.conftest import Mails
from tests.people import PASSWORD, People

TokenIn = Callable[[str, str], Awaitable[str]]


async def register(client: httpx.AsyncClient, email: str = "ada@example.com", **fields: Any) -> httpx.Response:
    return await client.post(f"{API}/register", json={"email": email, "password": PASSWORD, **fields})


class TestRegister:
    async def test_makes_an_account_that_can_sign_in(self, client: httpx.AsyncClient) -> None:
        assert (await register(client, "Ada@Example.com", display_name="Ada Lovelace")).status_code == 202
        pair = await tokens(client, "ada@example.com")
        mine = (await me(client, pair["access_token"])).json()
        assert mine["email"] == "ada@example.com"
        assert mine["username"] == "ada-lovelace"
        assert mine["role"] == "viewer"
        assert mine["tier"] == "free"
        assert mine["is_verified"] is False
        assert mine["permissions"] == ["create:comment", "use:ai"]

    async def test_answers_the_same_for_an_address_that_has_an_account(
        self, client: httpx.AsyncClient, mails_to: Mails
    ) -> None:
        first = await register(client)
        second = await register(client, password="another long password")
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert [mail["kind"] for mail in await mails_to("ada@example.com")] == ["account-exists", "verify-email"]
        assert (await sign_in(client, "ada@example.com", "another long password")).status_code == 400

    async def test_a_taken_username_is_told(self, client: httpx.AsyncClient) -> None:
        await register(client, "one@example.com", username="ada")
        problem = assert_problem(await register(client, "two@example.com", username="Ada"), 409)
        assert problem["errors"][0]["field"] == "body.username"

    async def test_usernames_are_made_unique(self, client: httpx.AsyncClient) -> None:
        await register(client, "one@example.com", display_name="Ada")
        await register(client, "two@example.com", display_name="Ada")
        pair = await tokens(client, "two@example.com")
        assert (await me(client, pair["access_token"])).json()["username"] == "ada-2"

    @pytest.mark.parametrize(
        "fields",
        [
            {"role": "admin"},
            {"tier": "pro"},
            {"is_verified": True},
            {"id": "00000000-0000-0000-0000-000000000000"},
            {"is_active": True},
        ],
    )
    async def test_nobody_sets_what_is_not_theirs(self, client: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        assert_problem(await register(client, **fields), 422)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "no address"),
            ("email", ["ada@example.com"]),
            ("email", {"a": 1}),
            ("email", "a" * 250 + "@example.com"),
            ("password", "short"),
            ("password", "password123"),
            ("password", "ada@example.com"),
            ("password", "aaaaaaaaaaaa"),
            ("password", "x" * 257),
            ("password", ["a long password"]),
            ("display_name", "Ada\0Lovelace"),
            ("display_name", "Ada\u202ecalevoL"),
            ("display_name", "   "),
            ("username", "\u0430da"),  # a Cyrillic letter that looks like "a"
            ("username", "admin"),
            ("username", "a b"),
            ("date_of_birth", "2999-01-01"),
            ("date_of_birth", "1700-01-01"),
        ],
    )
    async def test_says_what_is_wrong(self, client: httpx.AsyncClient, field: str, value: Any) -> None:
        problem = assert_problem(await register(client, **{field: value}), 422)
        assert any(fault["field"].startswith(f"body.{field}") for fault in problem["errors"])
        assert PASSWORD not in str(problem)

    async def test_a_long_password_of_any_characters(self, client: httpx.AsyncClient) -> None:
        password = "Ünïcödé 密码 \U0001f600 " * 15
        assert (await register(client, password=password)).status_code == 202
        assert (await sign_in(client, "ada@example.com", password)).status_code == 200

    async def test_a_ten_megabyte_password(self, client: httpx.AsyncClient) -> None:
        assert_problem(await register(client, password="x" * 10_000_000), 413)


class TestVerify:
    async def test_the_link_in_the_mail_confirms_once(self, client: httpx.AsyncClient, token_in: TokenIn) -> None:
        await register(client)
        token = await token_in("ada@example.com", "verify-email")
        assert (await client.post(f"{API}/verify-email", json={"token": token})).status_code == 200
        pair = await tokens(client, "ada@example.com")
        assert (await me(client, pair["access_token"])).json()["is_verified"] is True
        assert_problem(await client.post(f"{API}/verify-email", json={"token": token}), 400)

    async def test_again_answers_the_same_for_everybody(self, client: httpx.AsyncClient, mails_to: Mails) -> None:
        await register(client)
        known = await client.post(f"{API}/verify-email/resend", json={"email": "ada@example.com"})
        unknown = await client.post(f"{API}/verify-email/resend", json={"email": "nobody@example.com"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert len(await mails_to("ada@example.com")) == 2
        assert await mails_to("nobody@example.com") == []


class TestForgottenPassword:
    async def test_the_link_sets_a_new_one_and_ends_everything_else(
        self, client: httpx.AsyncClient, people: People, token_in: TokenIn
    ) -> None:
        person = await people.person(with_password=True, is_verified=False)
        pair = await tokens(client, person.email)
        key = await people.client_of(person, by="key")
        await client.post(f"{API}/password/forgot", json={"email": person.email})
        token = await token_in(person.email, "reset-password")
        answer = await client.post(f"{API}/password/reset", json={"token": token, "password": "a new long password"})
        assert answer.status_code == 200
        assert (await me(client, pair["access_token"])).status_code == 401
        assert (await me(key)).status_code == 401
        assert (await sign_in(client, person.email)).status_code == 400
        new = await tokens(client, person.email, "a new long password")
        assert (await me(client, new["access_token"])).json()["is_verified"] is True
        again = {"token": token, "password": "yet another long one"}
        assert_problem(await client.post(f"{API}/password/reset", json=again), 400)

    async def test_a_weak_password_leaves_the_link_usable(
        self, client: httpx.AsyncClient, people: People, token_in: TokenIn
    ) -> None:
        person = await people.person(with_password=True)
        await client.post(f"{API}/password/forgot", json={"email": person.email})
        token = await token_in(person.email, "reset-password")
        weak = {"token": token, "password": person.username + "@example.com"}
        assert_problem(await client.post(f"{API}/password/reset", json=weak), 422)
        good = {"token": token, "password": "a new long password"}
        assert (await client.post(f"{API}/password/reset", json=good)).status_code == 200

    async def test_tells_nobody_whether_there_is_an_account(self, client: httpx.AsyncClient, people: People) -> None:
        person = await people.person(with_password=True)
        known = await client.post(f"{API}/password/forgot", json={"email": person.email})
        unknown = await client.post(f"{API}/password/forgot", json={"email": "nobody@example.com"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)

    async def test_links_lead_to_the_public_url_whatever_the_host_says(
        self, client: httpx.AsyncClient, people: People, mails_to: Mails
    ) -> None:
        person = await people.person(with_password=True)
        body = {"email": person.email}
        evil = await client.post(f"{API}/password/forgot", json=body, headers={"host": "evil.example"})
        assert_problem(evil, 400)
        forwarded = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
        await client.post(f"{API}/password/forgot", json=body, headers=forwarded)
        mails = await mails_to(person.email)
        assert len(mails) == 1
        assert "http://localhost:8000/reset-password?token=" in mails[0]["text"]
        assert "evil" not in mails[0]["text"]


class TestChangePassword:
    async def test_keeps_this_session_and_ends_the_others(self, client: httpx.AsyncClient, people: People) -> None:
        person = await people.person(with_password=True)
        here, there = await people.client_of(person), await people.client_of(person, by="cookie")
        key = await people.client_of(person, by="key")
        change = {"current_password": PASSWORD, "password": "a new long password"}
        assert (await here.post(f"{API}/password/change", json=change)).status_code == 200
        assert (await me(here)).status_code == 200
        assert (await me(there)).status_code == 401
        assert (await me(key)).status_code == 401
        assert (await sign_in(client, person.email, "a new long password")).status_code == 200

    async def test_needs_the_old_one(self, people: People) -> None:
        person = await people.person(with_password=True)
        mine = await people.client_of(person)
        change = {"current_password": "not this one", "password": "a new long password"}
        problem = assert_problem(await mine.post(f"{API}/password/change", json=change), 422)
        assert problem["errors"][0]["field"] == "body.current_password"

    async def test_an_api_key_cannot(self, people: People) -> None:
        key = await people.client_of(await people.person(with_password=True), by="key")
        change = {"current_password": PASSWORD, "password": "a new long password"}
        assert_problem(await key.post(f"{API}/password/change", json=change), 403)


class TestLeaving:
    async def test_export_holds_everything(self, client: httpx.AsyncClient, token_in: TokenIn) -> None:
        await register(client, display_name="Ada Lovelace")
        pair = await tokens(client, "ada@example.com")
        client.headers["authorization"] = f"Bearer {pair['access_token']}"
        link = await token_in("ada@example.com", "verify-email")
        answer = await client.get(f"{API}/users/me/export")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert {"account.json", "sessions.json", "api-keys.json", "mails.json"} <= set(archive.namelist())
        assert "ada@example.com" in archive.read("account.json").decode()
        mails = archive.read("mails.json").decode()
        assert "Confirm your address" in mails
        assert link not in mails  # whoever took over a session would have the account

    async def test_erasing_takes_the_person_away(
        self, client: httpx.AsyncClient, people: People, admin: httpx.AsyncClient, mails_to: Mails
    ) -> None:
        person = await people.person(with_password=True, display_name="Ada Lovelace")
        await client.post(f"{API}/password/forgot", json={"email": person.email})
        mine = await people.client_of(person)
        wrong = await mine.request("DELETE", f"{API}/users/me", json={"password": "not this one"})
        assert_problem(wrong, 422)
        erased = await mine.request("DELETE", f"{API}/users/me", json={"password": PASSWORD})
        assert erased.status_code == 204
        assert (await me(mine)).status_code == 401
        assert (await sign_in(client, person.email)).status_code == 400
        assert (await client.get(f"{API}/users/{person.username}")).status_code == 404
        found = await admin.get(f"{API}/users", params={"state": "erased", "count": "true"})
        assert found.json()["total"] == 1
        assert "Ada" not in found.text
        assert person.email not in found.text
        assert await mails_to(person.email) == []

    async def test_articles_go_along_and_drafts_are_deleted(self, people: People, client: httpx.AsyncClient) -> None:
        person = await people.person("creator", with_password=True)
        mine = await people.client_of(person)
        for title in ("A draft", "Public words"):
            answer = await mine.post(f"{API}/articles", json={"title": title, "body": f"All of {title}."})
            assert answer.status_code == 201
        await mine.post(f"{API}/articles/public-words/publish")
        archive = zipfile.ZipFile(io.BytesIO((await mine.get(f"{API}/users/me/export")).content))
        assert "All of A draft." in archive.read("articles/a-draft.md").decode()
        erased = await mine.request("DELETE", f"{API}/users/me", json={"password": PASSWORD})
        assert erased.status_code == 204
        left = (await client.get(f"{API}/articles/public-words")).json()
        assert left["author"]["display_name"] == "Deleted account"
        moderator = await people.client("moderator")
        assert_problem(await moderator.get(f"{API}/articles/a-draft"), 404)

    async def test_the_last_admin_stays(self, people: People) -> None:
        person = await people.person("admin", with_password=True)
        mine = await people.client_of(person)
        assert_problem(await mine.request("DELETE", f"{API}/users/me", json={"password": PASSWORD}), 409)
