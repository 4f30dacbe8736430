"""Follows over HTTP: authors and tags, each once, and no more than a person can read."""

import asyncio
import io
import zipfile
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.modules.content.tags.service import TagService
from stoa.shared.database import Database
from tests.factories import publish
from tests.handling import handle_events
from tests.people import People, Person

API = "/api/v1"


async def followed(person: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await person.get(f"{API}/follows", params=query)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    found: dict[str, Any] = answer.json()
    return found


async def names(person: httpx.AsyncClient, **query: Any) -> list[str]:
    found = (await followed(person, **query))["items"]
    return [one["author"]["username"] if one["kind"] == "author" else one["tag"]["slug"] for one in found]


async def follow(person: httpx.AsyncClient, *paths: str) -> None:
    for path in paths:
        assert (await person.put(f"{API}/{path}/follow")).status_code == 204, path


async def follow_many(db: Database, person: Person, number: int) -> None:
    """So many tags, behind the back of those who count."""
    async with db.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO tags (id, slug, name)"
                " SELECT gen_random_uuid(), 'many-' || n, 'Many ' || n FROM generate_series(1, :number) n"
            ),
            {"number": number},
        )
        await session.execute(
            text(
                "INSERT INTO follows (id, follower_id, tag_id)"
                " SELECT gen_random_uuid(), :me, id FROM tags WHERE slug LIKE 'many-%'"
            ),
            {"me": person.id},
        )


async def events(db: Database, kind: str) -> int:
    async with db.unit_of_work() as session:
        return int(await session.scalar(text("SELECT count(*) FROM event_log WHERE type = :kind"), {"kind": kind}) or 0)


@pytest.fixture
async def site(db: Database) -> None:
    await publish(db, title="Ponds", tags=["Water"])
    await publish(db, title="Fires", tags=["Fire"], author="Grace Hopper")


@pytest.mark.usefixtures("site")
class TestFollow:
    async def test_an_author_and_a_tag_stand_in_the_list_newest_first(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "tags/water")
        found = await followed(reader, count="true")
        assert [(one["kind"], one["author"] is None, one["tag"] is None) for one in found["items"]] == [
            ("tag", True, False),
            ("author", False, True),
        ]
        assert found["total"] == 2
        assert found["items"][0]["tag"] == {"slug": "water", "name": "Water"}
        assert found["items"][1]["author"]["display_name"] == "Ada Lovelace"
        assert await names(reader, kind="author") == ["ada-lovelace"]
        assert await names(reader, kind="tag") == ["water"]

    async def test_twice_is_once_and_one_event(self, people: People, db: Database) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "users/Ada-Lovelace", "tags/water", "tags/water")
        assert await names(reader) == ["water", "ada-lovelace"]
        assert await events(db, "follow.created") == 2

    async def test_ends_once(self, people: People, db: Database) -> None:
        reader, other = await people.client(), await people.client()
        for one in (reader, other):
            await follow(one, "users/ada-lovelace", "tags/water")
        for path in ("users/ada-lovelace", "tags/water") * 2:
            assert (await reader.delete(f"{API}/{path}/follow")).status_code == 204
        assert await names(reader) == []
        assert await names(other) == ["water", "ada-lovelace"]
        assert await events(db, "follow.deleted") == 2

    async def test_not_oneself(self, people: People) -> None:
        person = await people.person("creator")
        me = await people.client_of(person)
        answer = await me.put(f"{API}/users/{person.username}/follow")
        assert answer.status_code == 409
        assert "yourself" in answer.json()["detail"]
        assert await names(me) == []

    async def test_not_what_is_not_there(self, people: People) -> None:
        reader = await people.client()
        for path in ("users/nobody", "tags/nothing"):
            for method in ("PUT", "DELETE"):
                assert (await reader.request(method, f"{API}/{path}/follow")).status_code == 404

    async def test_by_a_former_slug(self, people: People) -> None:
        reader, keeper = await people.client(), await people.client("moderator")
        assert (await keeper.patch(f"{API}/tags/water", json={"slug": "waters"})).status_code == 200
        await follow(reader, "tags/water")
        assert await names(reader) == ["waters"]

    async def test_a_thousand_are_the_most(self, people: People, db: Database) -> None:
        person = await people.person()
        reader = await people.client_of(person)
        await follow(reader, "users/ada-lovelace")
        await follow_many(db, person, 999)
        refused = await reader.put(f"{API}/tags/water/follow")
        assert refused.status_code == 409
        assert "1,000" in refused.json()["detail"]
        await follow(reader, "users/ada-lovelace")  # that is followed already
        assert (await followed(reader, count="true"))["total"] == 1000
        assert (await reader.delete(f"{API}/tags/many-1/follow")).status_code == 204
        await follow(reader, "tags/water")

    async def test_the_list_goes_on_by_its_cursor(self, people: People, db: Database) -> None:
        reader = await people.client()
        async with db.unit_of_work() as session:
            await TagService(session).ensure([f"Tag {n}" for n in range(5)])
        await follow(reader, *(f"tags/tag-{n}" for n in range(5)))
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await followed(reader, limit=2, cursor=cursor)
            seen += [one["tag"]["slug"] for one in page["items"]]
            cursor = page["next_cursor"]
        assert seen == ["tag-4", "tag-3", "tag-2", "tag-1", "tag-0"]
        assert (await reader.get(f"{API}/follows", params={"cursor": "nonsense"})).status_code == 400
        assert await names(reader, skip=3) == ["tag-1", "tag-0"]


class TestRaces:
    async def test_of_eight_at_once_one_is_the_thousandth(self, own_app: FastAPI) -> None:
        people, db = People(own_app), own_app.state.database
        person = await people.person()
        await follow_many(db, person, 999)
        async with db.unit_of_work() as session:
            await TagService(session).ensure([f"Tag {n}" for n in range(8)])
        clients = [await people.client_of(person) for _ in range(8)]
        answers = await asyncio.gather(*(client.put(f"{API}/tags/tag-{n}/follow") for n, client in enumerate(clients)))
        assert sorted(answer.status_code for answer in answers) == [204] + [409] * 7
        assert (await followed(clients[0], count="true"))["total"] == 1000


@pytest.mark.usefixtures("site")
class TestTags:
    async def test_one_in_the_bin_is_not_shown_and_comes_back(self, people: People) -> None:
        reader, keeper = await people.client(), await people.client("moderator")
        await follow(reader, "tags/water")
        assert (await keeper.delete(f"{API}/tags/water")).status_code == 204
        assert (await followed(reader, count="true"))["total"] == 0
        assert await names(reader) == []
        assert (await reader.put(f"{API}/tags/water/follow")).status_code == 404
        assert (await keeper.post(f"{API}/tags/water/restore")).status_code == 200
        assert await names(reader) == ["water"]

    async def test_one_that_is_merged_is_followed_under_its_new_name_once(self, app: FastAPI, people: People) -> None:
        one, both = await people.client(), await people.client()
        await follow(one, "tags/water")
        await follow(both, "tags/water", "tags/fire")
        keeper = await people.client("moderator")
        assert (await keeper.post(f"{API}/tags/water/merge", json={"into": "fire"})).status_code == 200
        await handle_events(app)
        assert await names(one) == ["fire"]
        assert await names(both) == ["fire"]


@pytest.mark.usefixtures("site")
class TestPersonalData:
    async def test_is_handed_out(self, people: People) -> None:
        reader = await people.client()
        await follow(reader, "users/ada-lovelace", "tags/water")
        archive = zipfile.ZipFile(io.BytesIO((await reader.get(f"{API}/users/me/export")).content))
        name = next(one for one in archive.namelist() if one.endswith("follows.json"))
        found = orjson.loads(archive.read(name))
        assert [(one["author"] or one["tag"]).get("username", "water") for one in found] == ["ada-lovelace", "water"]

    async def test_goes_with_the_account_also_at_those_who_followed_it(self, people: People, db: Database) -> None:
        leaver, reader = await people.person("creator", with_password=True), await people.client()
        gone = await people.client_of(leaver)
        await follow(gone, "users/ada-lovelace", "tags/water")
        await follow(reader, f"users/{leaver.username}", "tags/fire")
        answer = await gone.request("DELETE", f"{API}/users/me", json={"password": leaver.password})
        assert answer.status_code == 204, answer.text
        assert await names(reader) == ["fire"]
        async with db.unit_of_work() as session:
            left = text("SELECT count(*) FROM follows WHERE :id IN (follower_id, author_id)")
            assert await session.scalar(left, {"id": leaver.id}) == 0
