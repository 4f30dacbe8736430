"""What happens at the same moment, with real commits: refreshing, reuse, and two web processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.auth.calls import API, assert_problem, me, refresh, sign_in, tokens
from tests.conftest import client_of
from tests.people import PASSWORD, Credential, People, Person

CREDENTIALS: tuple[Credential, ...] = ("token", "cookie", "key")


@asynccontextmanager
async def running(settings: Settings, url: str, redis_url: str, folder: Path) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database_url=url, redis_url=redis_url, data_dir=folder)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def process(settings: Settings, own_database_url: str, redis_url: str, data_dir: Path) -> AsyncIterator[FastAPI]:
    """A web process on a database where commits are real."""
    async with running(settings, own_database_url, redis_url, data_dir) as app:
        yield app


@pytest.fixture
async def second_process(
    process: FastAPI,  # noqa: ARG001 # the first is there before
    settings: Settings,
    own_database_url: str,
    redis_url: str,
    data_dir: Path,
) -> AsyncIterator[FastAPI]:
    async with running(settings, own_database_url, redis_url, data_dir) as app:
        yield app


@pytest.fixture
async def web(process: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process) as made:
        yield made


@pytest.fixture
async def ada(process: FastAPI) -> Person:
    return await People(process).person("creator", with_password=True)


async def run(url: str, statement: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: list[asyncpg.Record] = await connection.fetch(statement, *values)
        return found
    finally:
        await connection.close()


async def set_clock_back(url: str, seconds: int) -> None:
    """Make every refresh token look as if it was spent that much earlier."""
    await run(url, "UPDATE refresh_tokens SET used_at = used_at - $1::interval", timedelta(seconds=seconds))


LIVE = """
    SELECT count(*) FROM refresh_tokens JOIN sessions ON sessions.id = session_id
    WHERE used_at IS NULL AND ended_at IS NULL AND refresh_tokens.expires_at > now()
"""


class TestRefreshing:
    @pytest.mark.slow
    async def test_fifty_at_once_leave_one_successor(
        self, web: httpx.AsyncClient, ada: Person, own_database_url: str
    ) -> None:
        token = (await tokens(web, ada.email))["refresh_token"]
        for _ in range(100):
            answers = await asyncio.gather(*(refresh(web, token) for _ in range(50)))
            assert {answer.status_code for answer in answers} == {200}
            successors = {answer.json()["refresh_token"] for answer in answers}
            assert len(successors) == 1
            assert (await run(own_database_url, LIVE))[0][0] == 1
            token = successors.pop()

    async def test_a_reuse_after_the_grace_ends_the_family_for_good(
        self, web: httpx.AsyncClient, ada: Person, own_database_url: str
    ) -> None:
        first = await tokens(web, ada.email)
        second = (await refresh(web, first["refresh_token"])).json()
        await set_clock_back(own_database_url, 30)
        assert assert_problem(await refresh(web, first["refresh_token"]), 400)["error"] == "invalid_grant"
        assert_problem(await refresh(web, second["refresh_token"]), 400)
        assert (await me(web, second["access_token"])).status_code == 401
        rows = await run(own_database_url, "SELECT action FROM audit.events WHERE action = 'session.reused'")
        assert len(rows) == 1
        told = await run(own_database_url, "SELECT aggregate FROM event_log WHERE type = 'session.reused'")
        assert [event["aggregate"] for event in told] == [f"user:{ada.id}"]
        assert (await run(own_database_url, LIVE))[0][0] == 0

    async def test_a_reuse_ends_no_other_family(
        self, web: httpx.AsyncClient, ada: Person, own_database_url: str
    ) -> None:
        first, other = await tokens(web, ada.email), await tokens(web, ada.email)
        await refresh(web, first["refresh_token"])
        await set_clock_back(own_database_url, 30)
        await refresh(web, first["refresh_token"])
        assert (await refresh(web, other["refresh_token"])).status_code == 200

    async def test_an_expired_one_is_refused(self, web: httpx.AsyncClient, ada: Person, own_database_url: str) -> None:
        first = await tokens(web, ada.email)
        await run(own_database_url, "UPDATE refresh_tokens SET expires_at = now() - interval '1 second'")
        assert_problem(await refresh(web, first["refresh_token"]), 400)

    async def test_guesses_at_once_are_counted(self, web: httpx.AsyncClient, ada: Person) -> None:
        answers = await asyncio.gather(*(sign_in(web, ada.email, f"guess number {n}") for n in range(30)))
        assert sorted(answer.status_code for answer in answers)[:6] == [400] * 6
        assert [answer.status_code for answer in answers].count(429) == 24

    async def test_registering_one_address_at_once_makes_one_account(
        self, web: httpx.AsyncClient, own_database_url: str
    ) -> None:
        body = {"email": "twin@example.com", "password": PASSWORD, "display_name": "Twin"}
        answers = await asyncio.gather(*(web.post(f"{API}/register", json=body) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {202}
        assert len(await run(own_database_url, "SELECT FROM users WHERE email = 'twin@example.com'")) == 1


class TestTwoProcesses:
    """What one process is told acts on the next request to the other, whoever shows what."""

    @pytest.fixture
    async def admin(self, process: FastAPI) -> httpx.AsyncClient:
        return await People(process).client("admin")

    @pytest.fixture
    async def everywhere(self, second_process: FastAPI, ada: Person) -> list[httpx.AsyncClient]:
        people = People(second_process)
        clients = [await people.client_of(ada, by=by) for by in CREDENTIALS]
        for client in clients:
            assert (await me(client)).json()["permissions"] != []
        return clients

    async def test_a_ban_and_its_end(
        self, admin: httpx.AsyncClient, everywhere: list[httpx.AsyncClient], ada: Person
    ) -> None:
        await admin.post(f"{API}/admin/users/{ada.username}/ban", json={"reason": "Spam"})
        for client in everywhere:
            assert "Spam" in assert_problem(await me(client), 403)["detail"]
        await admin.delete(f"{API}/admin/users/{ada.username}/ban")
        assert {(await me(client)).status_code for client in everywhere} == {200}

    async def test_another_role(
        self, admin: httpx.AsyncClient, everywhere: list[httpx.AsyncClient], ada: Person
    ) -> None:
        await admin.patch(f"{API}/admin/users/{ada.username}", json={"role": "viewer"})
        for client in everywhere:
            assert_problem(await client.post(f"{API}/tags", json={"name": "New"}), 403)

    async def test_another_permission_of_the_role(
        self, admin: httpx.AsyncClient, everywhere: list[httpx.AsyncClient]
    ) -> None:
        for number, client in enumerate(everywhere):
            assert (await client.post(f"{API}/tags", json={"name": f"Tag {number}"})).status_code == 201
        await admin.patch(f"{API}/admin/roles/creator", json={"permissions": ["edit:article"]})
        for client in everywhere:
            assert_problem(await client.post(f"{API}/tags", json={"name": "New"}), 403)
            assert (await me(client)).json()["permissions"] == ["edit:article"]
        await admin.patch(f"{API}/admin/roles/creator", json={"permissions": ["create:tag"]})
        assert (await everywhere[0].post(f"{API}/tags", json={"name": "Other"})).status_code == 201

    async def test_another_password(
        self, web: httpx.AsyncClient, everywhere: list[httpx.AsyncClient], ada: Person
    ) -> None:
        pair = await tokens(web, ada.email)
        change = {"current_password": PASSWORD, "password": "a new long password"}
        bearer = {"authorization": f"Bearer {pair['access_token']}"}
        assert (await web.post(f"{API}/password/change", json=change, headers=bearer)).status_code == 200
        assert {(await me(client)).status_code for client in everywhere} == {401}

    async def test_signed_out_by_the_site(
        self, admin: httpx.AsyncClient, everywhere: list[httpx.AsyncClient], ada: Person
    ) -> None:
        await admin.post(f"{API}/admin/users/{ada.username}/sign-out")
        by_token, by_cookie, by_key = everywhere
        assert (await me(by_token)).status_code == 401
        assert (await me(by_cookie)).status_code == 401
        assert (await me(by_key)).status_code == 200
