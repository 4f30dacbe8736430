"""Rights where several things happen at the same moment, with real commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.auth.api_keys.service import MOST_KEYS
from tests.auth.calls import API, me, refresh, sign_in, tokens
from tests.auth.conftest import LINK_TOKEN
from tests.conftest import client_of
from tests.handling import handle_events
from tests.people import People


@pytest.fixture
def people(process: FastAPI) -> People:
    return People(process)


@pytest.fixture
def web(process: FastAPI) -> httpx.AsyncClient:
    return client_of(process)


def counted(answers: list[httpx.Response]) -> dict[int, int]:
    statuses = [answer.status_code for answer in answers]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


async def at_once(client: httpx.AsyncClient, times: int, method: str, path: str, **options: Any) -> dict[int, int]:
    sent = (client.request(method, f"{API}{path}", **options) for _ in range(times))
    return counted(list(await asyncio.gather(*sent)))


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def nobody_writes(url: str, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Reading goes on, and whoever writes to the table waits. Answers a connection to look on with."""
    holder, onlooker = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield onlooker
    finally:
        await holder.close()
        await onlooker.close()


async def until_waiting(onlooker: asyncpg.Connection, number: int) -> None:
    async with asyncio.timeout(3):
        while await onlooker.fetchval(WAITING) < number:
            pass


async def test_the_last_free_place_for_a_key_is_taken_once(people: People, own_database_url: str) -> None:
    owner = await people.client()
    for _ in range(MOST_KEYS - 1):
        assert (await owner.post(f"{API}/api-keys", json={"name": "A key"})).status_code == 201
    async with nobody_writes(own_database_url, "api_keys") as onlooker:
        several = asyncio.create_task(at_once(owner, 5, "POST", "/api-keys", json={"name": "A key"}))
        await until_waiting(onlooker, 2)
    assert await several == {201: 1, 409: 4}
    assert len((await owner.get(f"{API}/api-keys")).json()["items"]) == MOST_KEYS


@pytest.mark.parametrize(("call", "body"), [("", {"role": "viewer"}), ("/ban", {"reason": "Rivals"})])
async def test_two_admins_who_remove_each_other_leave_one(people: People, call: str, body: dict[str, str]) -> None:
    both = [await people.person("admin") for _ in range(2)]
    clients = [await people.client_of(person) for person in both]
    method = "POST" if call else "PATCH"
    answers = await asyncio.gather(
        *(
            client.request(method, f"{API}/admin/users/{other.username}{call}", json=body)
            for client, other in zip(clients, reversed(both), strict=True)
        )
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert all(answer.status_code in {200, 403, 409} for answer in answers)
    assert sorted([(await client.get(f"{API}/admin/roles")).status_code for client in clients]) == [200, 403]


async def test_one_link_sets_one_password(people: People, web: httpx.AsyncClient) -> None:
    person = await people.person(with_password=True)
    await web.post(f"{API}/password/forgot", json={"email": person.email})
    await handle_events(people.app)
    admin = await people.client("admin")
    mail = (await admin.get(f"{API}/admin/mail", params={"recipient": person.email})).json()["items"][0]
    link = LINK_TOKEN.search(mail["text"])
    assert link
    passwords = [f"number {number} of the passwords" for number in range(5)]
    bodies = ({"token": link[1], "password": password} for password in passwords)
    answers = await asyncio.gather(*(web.post(f"{API}/password/reset", json=body) for body in bodies))
    assert counted(list(answers)) == {200: 1, 400: 4}
    winner = [answer.status_code for answer in answers].index(200)
    assert (await sign_in(web, person.username, passwords[winner])).status_code == 200
    assert (await sign_in(web, person.username, passwords[winner - 1])).status_code == 400


async def test_a_ban_in_the_middle_of_refreshing_shuts_out(people: People, web: httpx.AsyncClient) -> None:
    person = await people.person(with_password=True)
    pair = await tokens(web, person.username)
    admin = await people.client("admin")
    ban = admin.post(f"{API}/admin/users/{person.username}/ban", json={"reason": "Spam"})
    banned, *refreshed = await asyncio.gather(ban, *(refresh(web, pair["refresh_token"]) for _ in range(10)))
    assert banned.status_code == 200
    assert all(answer.status_code in {200, 400} for answer in refreshed)
    got = {answer.json()["access_token"] for answer in refreshed if answer.status_code == 200}
    for token in {pair["access_token"], *got}:
        assert (await me(web, token)).status_code == 403


async def test_a_role_that_is_deleted_while_it_is_given_is_not_given(people: People) -> None:
    admin = await people.client("admin")
    person = await people.person()
    await admin.post(f"{API}/admin/roles", json={"name": "helper", "description": "Helps"})
    given, deleted = await asyncio.gather(
        admin.patch(f"{API}/admin/users/{person.username}", json={"role": "helper"}),
        admin.delete(f"{API}/admin/roles/helper"),
    )
    role = (await admin.get(f"{API}/admin/users/{person.username}")).json()["role"]
    assert (given.status_code, deleted.status_code, role) in [(200, 409, "helper"), (404, 204, "viewer")]
