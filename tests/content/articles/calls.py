"""The calls that the tests of writing make, each asserting that it was answered well."""

from typing import Any

import httpx

ARTICLES = "/api/v1/articles"
ANY = {"if-match": "*"}


async def write(client: httpx.AsyncClient, title: str = "A title", body: str = "Some words.", **more: Any) -> Any:
    """A new draft; answers its JSON."""
    answer = await client.post(ARTICLES, json={"title": title, "body": body, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def write_and_publish(client: httpx.AsyncClient, title: str = "A title", **more: Any) -> Any:
    draft = await write(client, title, **more)
    return await act(client, draft["slug"], "publish")


async def act(client: httpx.AsyncClient, slug: str, name: str) -> Any:
    """`publish`, `unpublish`, `archive` or `restore`; answers the JSON."""
    answer = await client.post(f"{ARTICLES}/{slug}/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def change(client: httpx.AsyncClient, slug: str, /, **fields: Any) -> Any:
    answer = await client.patch(f"{ARTICLES}/{slug}", json=fields, headers=ANY)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def delete(client: httpx.AsyncClient, slug: str) -> None:
    answer = await client.delete(f"{ARTICLES}/{slug}")
    assert answer.status_code == 204, answer.text


async def slugs(client: httpx.AsyncClient, **query: str) -> list[str]:
    answer = await client.get(ARTICLES, params=query)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


def assert_problem(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


async def schedule(client: httpx.AsyncClient, slug: str, publish_at: str) -> Any:
    answer = await client.post(f"{ARTICLES}/{slug}/schedule", json={"publish_at": publish_at})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def revisions(client: httpx.AsyncClient, slug: str) -> Any:
    """What the list of revisions holds, newest first."""
    answer = await client.get(f"{ARTICLES}/{slug}/revisions")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]
