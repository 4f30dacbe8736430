"""One's own profile: what may be set, within which bounds, and what readers see of it."""

from typing import Any

import httpx
import pytest

from tests.auth.calls import API, assert_problem, me
from tests.people import PASSWORD, People, Person

ME = f"{API}/users/me"
PROFILE = {
    "display_name": "Ada Lovelace",
    "bio": "Writes\nprograms.",
    "website": "https://ada.example/notes?a=1#b",
    "social_links": ["https://social.example/@ada"],
    "date_of_birth": "1990-12-10",
}


@pytest.fixture
async def person(people: People) -> Person:
    return await people.person("creator", username="ada-of-the-profile")


@pytest.fixture
async def ada(people: People, person: Person) -> httpx.AsyncClient:
    return await people.client_of(person)


class TestChanging:
    async def test_readers_see_it_but_for_what_is_private(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        own = (await ada.put(ME, json=PROFILE)).json()
        assert {name: own[name] for name in PROFILE} == PROFILE
        public = (await client.get(f"{API}/users/ada-of-the-profile")).json()
        assert " ".join(sorted(public)) == "avatar_url bio display_name social_links username website"
        assert public["website"] == PROFILE["website"]

    async def test_what_is_left_out_is_emptied_but_for_the_name(self, ada: httpx.AsyncClient) -> None:
        await ada.put(ME, json=PROFILE)
        own = (await ada.put(ME, json={})).json()
        assert (own["bio"], own["website"], own["social_links"], own["date_of_birth"]) == ("", None, [], None)
        assert own["display_name"] == "Ada Lovelace"

    @pytest.mark.parametrize(
        "field",
        [
            "id", "username", "email", "role", "tier", "is_verified", "is_active", "permissions", "avatar_url",
            "created_at", "banned_at", "banned_until", "ban_reason", "password", "password_hash", "last_seen_at",
        ],
    )  # fmt: skip
    async def test_nobody_sets_what_is_not_theirs(self, ada: httpx.AsyncClient, field: str) -> None:
        before = (await me(ada)).json()
        problem = assert_problem(await ada.put(ME, json={"bio": "Changed", field: before.get(field, True)}), 422)
        assert problem["errors"][0]["field"] == f"body.{field}"
        assert (await me(ada)).json() == before

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("display_name", ""), ("display_name", " \t "), ("display_name", "x" * 81), ("display_name", "a\u0000b"),
            ("display_name", "a\u202eb"), ("display_name", "\u2066a"), ("display_name", "a\u200bb"),
            ("display_name", "\ufeffa"), ("display_name", "a\nb\x07"), ("display_name", 7),
            ("bio", "x" * 501), ("bio", "a\u0000b"), ("bio", None), ("bio", ["a"]),
            ("website", "javascript:alert(1)"), ("website", "JaVaScRiPt://a.example/%0aalert(1)"),
            ("website", "data:text/html,<script>"), ("website", "//evil.example"), ("website", "https://a b.example"),
            ("website", "https://a.example/\"onclick='"), ("website", "https://a.example/<b>"), ("website", "https://"),
            ("website", "https://a.example/" + "x" * 300), ("website", "https://a.example/\u202egpj.exe"),
            ("website", "https://a.example/\u0000"), ("website", " https://a.example"),
            ("social_links", ["javascript:alert(1)"]), ("social_links", ["https://a.example"] * 11),
            ("social_links", "https://a.example"), ("social_links", [None]),
            ("date_of_birth", "1899-12-31"), ("date_of_birth", "2999-01-01"), ("date_of_birth", "1990-02-30"),
            ("date_of_birth", "yesterday"),
        ],
    )  # fmt: skip
    async def test_bounds(self, ada: httpx.AsyncClient, field: str, value: Any) -> None:
        before = (await me(ada)).json()
        problem = assert_problem(await ada.put(ME, json={field: value}), 422)
        assert problem["errors"][0]["field"].startswith(f"body.{field}")
        assert (await me(ada)).json() == before

    @pytest.mark.parametrize(
        "body", [b'{"bio":"\\ud800"}', b'{"bio":NaN}', b'{"bio":' + b"[" * 5000, b"[]", b"", b"{", b"\xff\xfe{"]
    )
    async def test_what_cannot_be_read(self, ada: httpx.AsyncClient, body: bytes) -> None:
        answer = await ada.put(ME, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}

    async def test_names_of_any_script(self, ada: httpx.AsyncClient) -> None:
        for name in ("Ада Лавлейс", "عادا", "阿达", "O\u2019Neill", "\U0001f469\u200d\U0001f680"):
            assert (await ada.put(ME, json={"display_name": name})).json()["display_name"] == name


class TestPublicProfile:
    async def test_is_found_in_any_case(self, person: Person, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{API}/users/{person.username.upper()}")
        assert answer.json()["username"] == person.username

    async def test_of_an_erased_account_is_not_there(
        self, people: People, client: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        person = await people.person(with_password=True, username="leaver")
        theirs = await people.client_of(person)
        assert (await theirs.request("DELETE", ME, json={"password": PASSWORD})).status_code == 204
        erased = f"deleted-{person.id.hex[-12:]}"
        for name in ("leaver", erased):
            assert_problem(await client.get(f"{API}/users/{name}"), 404)
        row = (await admin.get(f"{API}/admin/users/{erased}")).json()
        assert (row["email"], row["is_active"], row["role"]) == (None, False, "viewer")

    async def test_nobody_can_keep_an_account_from_being_erased(self, people: People, admin: httpx.AsyncClient) -> None:
        person = await people.person(with_password=True)
        squatter = f"deleted-{person.id.hex[-12:]}"
        await people.person(username=squatter)
        theirs = await people.client_of(person)
        assert (await theirs.request("DELETE", ME, json={"password": PASSWORD})).status_code == 204
        found = await admin.get(f"{API}/users", params={"search": squatter})
        assert [item["is_active"] for item in found.json()["items"]] == [True, False]

    @pytest.mark.parametrize("name", ["nobody-here", "x" * 60, "%F0%9F%98%80", "a%2Fb", "..%2f..%2fetc", "%C4%B0"])
    async def test_of_nobody_is_not_there(self, client: httpx.AsyncClient, name: str) -> None:
        assert_problem(await client.get(f"{API}/users/{name}"), 404)
