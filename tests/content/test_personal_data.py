"""What a reader leaves behind on a site is handed out with the account, and goes with it."""

import io
import zipfile
from typing import Any

import httpx
import orjson
import pytest

from stoa.shared.database import Database
from stoa.shared.queries import Query
from tests.factories import publish
from tests.people import People, Person

API = "/api/v1"


@pytest.fixture
async def slug(db: Database) -> str:
    return (await publish(db, title="Ponds", tags=["Water"])).slug


@pytest.fixture
async def leaver(people: People) -> Person:
    return await people.person("creator", with_password=True, display_name="Leaver")


@pytest.fixture
async def lives(people: People, leaver: Person, slug: str) -> httpx.AsyncClient:
    """The leaver, who comments, reacts and follows; others do the same."""
    one, other = await people.client_of(leaver), await people.client(display_name="Other")
    for person, words in ((one, "Words of the leaver."), (other, "Words of another.")):
        comment = await person.post(f"{API}/articles/{slug}/comments", json={"body": words})
        assert comment.status_code == 201, comment.text
        for path in (f"articles/{slug}/reactions/love", "tags/water/follow", "users/ada-lovelace/follow"):
            assert (await person.put(f"{API}/{path}")).is_success
    assert (await other.put(f"{API}/users/{leaver.username}/follow")).is_success
    return one


async def exported(person: httpx.AsyncClient) -> dict[str, Any]:
    """What the JSON files of the export hold, by name."""
    answer = await person.get(f"{API}/users/me/export")
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    return {name: orjson.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


class TestExport:
    async def test_holds_what_this_person_said_and_liked_and_follows(self, lives: httpx.AsyncClient, slug: str) -> None:
        files = await exported(lives)
        comments = [(one["slug"], one["title"], one["body"], one["status"]) for one in files["comments.json"]]
        assert comments == [(slug, "Ponds", "Words of the leaver.", "visible")]
        assert [(one["slug"], one["kind"]) for one in files["reactions.json"]] == [(slug, "love")]
        assert [one["kind"] for one in files["follows.json"]] == ["tag", "author"]

    async def test_holds_the_comments_that_lie_in_the_bin(
        self, lives: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        for words, deletes in (("Regretted.", lives), ("Removed.", await people.client("moderator"))):
            made = (await lives.post(f"{API}/articles/{slug}/comments", json={"body": words})).json()
            assert (await deletes.delete(f"{API}/comments/{made['id']}")).status_code == 204
        comments = (await exported(lives))["comments.json"]
        assert [(one["body"], one["status"], bool(one["deleted_at"])) for one in comments] == [
            ("Words of the leaver.", "visible", False), ("Regretted.", "deleted", True), ("Removed.", "deleted", True)
        ]  # fmt: skip

    async def test_holds_nothing_of_these_for_somebody_who_did_nothing(self, people: People) -> None:
        assert not {"comments.json", "reactions.json", "follows.json"} & set(await exported(await people.client()))


class TestErasing:
    async def test_leaves_what_others_did_and_right_numbers(
        self, lives: httpx.AsyncClient, leaver: Person, client: httpx.AsyncClient, slug: str
    ) -> None:
        before = (await client.get(f"{API}/articles/{slug}")).json()
        assert (before["comment_count"], before["reactions"]) == (2, {"love": 2})

        gone = await lives.request("DELETE", f"{API}/users/me", json={"password": leaver.password})

        assert gone.status_code == 204, gone.text
        after = (await client.get(f"{API}/articles/{slug}")).json()
        assert (after["comment_count"], after["reactions"]) == (1, {"love": 1})
        talk = (await client.get(f"{API}/articles/{slug}/comments")).text
        assert "Words of another." in talk
        assert "leaver" not in talk.lower()

    async def test_nothing_holds_the_account_any_more(
        self, lives: httpx.AsyncClient, leaver: Person, db: Database
    ) -> None:
        gone = await lives.request("DELETE", f"{API}/users/me", json={"password": leaver.password})
        assert gone.status_code == 204, gone.text
        for statement in (
            "SELECT count(*) FROM comments WHERE author_id = $1",
            "SELECT count(*) FROM reactions WHERE user_id = $1",
            "SELECT count(*) FROM follows WHERE $1 IN (follower_id, author_id)",
        ):
            assert await db.reads.fetch_value(Query.text(statement, ("id",)), id=leaver.id) == 0, statement
