"""One's own feed over HTTP: what the authors and tags that one follows brought."""

from typing import Any

import httpx
import pytest

from stoa.shared.database import Database
from tests.content.follows.test_follows import API, follow
from tests.factories import publish_all
from tests.people import People

ADA, GRACE = "Ada Lovelace", "Grace Hopper"


@pytest.fixture
async def site(db: Database) -> None:
    """Ponds is the oldest."""
    articles = (
        {"title": "Ponds", "tags": ["Water"], "author": ADA},
        {"title": "Fires", "tags": ["Fire"], "author": GRACE},
        {"title": "Lakes", "tags": ["Water", "Wide"], "author": GRACE},
        {"title": "Engines", "author": ADA},
        {"title": "A draft", "tags": ["Water"], "author": ADA, "status": "draft"},
        {"title": "For members", "tags": ["Water"], "author": ADA, "visibility": "members"},
        {"title": "Put away", "tags": ["Water"], "author": ADA, "status": "archived"},
        {"title": "A page", "tags": ["Water"], "author": ADA, "kind": "page"},
    )
    await publish_all(db, articles)


async def feed(person: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await person.get(f"{API}/feed", params=query)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    found: dict[str, Any] = answer.json()
    return found


async def titles(person: httpx.AsyncClient, **query: Any) -> list[str]:
    return [one["title"] for one in (await feed(person, **query))["items"]]


@pytest.mark.usefixtures("site")
class TestFeed:
    async def test_is_empty_for_who_follows_nothing(self, people: People) -> None:
        assert await titles(await people.client()) == []

    async def test_of_an_author_newest_first(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace")
        assert await titles(reader) == ["Engines", "Ponds"]

    async def test_of_a_tag(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "tags/water")
        assert await titles(reader) == ["Lakes", "Ponds"]

    async def test_shows_each_once_though_several_ways_lead_to_it(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "users/grace-hopper", "tags/water", "tags/wide")
        assert await titles(reader) == ["Engines", "Lakes", "Fires", "Ponds"]

    async def test_goes_on_by_its_cursor_without_a_gap_or_a_double(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "users/grace-hopper", "tags/water")
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await feed(reader, limit=1, cursor=cursor)
            seen += [one["title"] for one in page["items"]]
            cursor = page["next_cursor"]
        assert seen == ["Engines", "Lakes", "Fires", "Ponds"]
        assert await titles(reader, skip=1, limit=2) == ["Lakes", "Fires"]
        assert (await reader.get(f"{API}/feed", params={"cursor": "nonsense"})).status_code == 400
        assert (await reader.get(f"{API}/feed", params={"skip": 501})).status_code == 422

    async def test_what_is_unfollowed_is_gone(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "tags/fire")
        await reader.delete(f"{API}/users/ada-lovelace/follow")
        assert await titles(reader) == ["Fires"]

    async def test_a_tag_in_the_bin_brings_nothing(self, people: People) -> None:
        reader, keeper = await people.client(), await people.client("moderator")
        await follow(reader, "tags/water", "tags/fire")
        await keeper.delete(f"{API}/tags/water")
        assert await titles(reader) == ["Fires"]
        await keeper.post(f"{API}/tags/water/restore")
        assert await titles(reader) == ["Lakes", "Fires", "Ponds"]

    async def test_gets_what_is_published_afterwards(self, people: People) -> None:
        writer = await people.person("creator")
        reader, pen = await people.client(), await people.client_of(writer)
        await follow(reader, f"users/{writer.username}")
        slug = (await pen.post(f"{API}/articles", json={"title": "Fresh", "body": "Some words."})).json()["slug"]
        assert await titles(reader) == []
        assert (await pen.post(f"{API}/articles/{slug}/publish")).status_code == 200
        assert await titles(reader) == ["Fresh"]
        assert (await pen.post(f"{API}/articles/{slug}/unpublish", headers={"if-match": "*"})).status_code == 200
        assert await titles(reader) == []

    async def test_takes_few_statements(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "tags/water")
        told = (await reader.get(f"{API}/feed")).headers["server-timing"]
        assert int(told.partition('desc="')[2].split(" ")[0].strip('"')) <= 3, told
