"""The calls that the tests of accounts make."""

from typing import Any

import httpx

from tests.people import PASSWORD

API = "/api/v1"


async def sign_in(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "password", "username": login, "password": password}
    return await client.post(f"{API}/token", data=form)


async def tokens(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> dict[str, Any]:
    answer = await sign_in(client, login, password)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(f"{API}/token/refresh", data={"grant_type": "refresh_token", "refresh_token": token})


async def me(client: httpx.AsyncClient, access_token: str | None = None) -> httpx.Response:
    headers = {"authorization": f"Bearer {access_token}"} if access_token else {}
    return await client.get(f"{API}/users/me", headers=headers)


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found
