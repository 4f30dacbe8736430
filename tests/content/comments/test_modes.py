"""Who is heard at once: the site's setting for new comments, over HTTP, in the API and on the article's page."""

from uuid import UUID

import httpx
import pytest

from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments
from stoa.modules.content.comments.policy import Mode
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from stoa.shared.settings import Settings
from tests.content.comments.test_comments import API, count_of, listed, write
from tests.people import People


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, mode: Mode) -> Settings:
    monkeypatch.setenv("STOA_ENVIRONMENT", "test")
    monkeypatch.setenv("STOA_PAGE_CACHE_MB", "0")
    monkeypatch.setenv("STOA_COMMENTS", mode)
    return Settings.load(env_file=None)


@pytest.fixture
async def author(people: People) -> httpx.AsyncClient:
    return await people.client("creator", display_name="Ada")


@pytest.fixture
async def slug(author: httpx.AsyncClient) -> str:
    made = (await author.post(f"{API}/articles", json={"title": "Talked about", "body": "Words."})).json()
    assert (await author.post(f"{API}/articles/{made['slug']}/publish")).status_code == 200
    return str(made["slug"])


async def queue(moderator: httpx.AsyncClient) -> list[tuple[str, str]]:
    items = (await moderator.get(f"{API}/comments")).json()["items"]
    return [(one["body"], one["reason"]) for one in items]


async def act(moderator: httpx.AsyncClient, comment_id: str, name: str) -> None:
    assert (await moderator.post(f"{API}/comments/{comment_id}/{name}")).status_code == 200


@pytest.mark.parametrize("mode", ["first"])
class TestFirst:
    async def test_the_first_waits_until_it_was_approved(
        self, client: httpx.AsyncClient, people: People, slug: str, author: httpx.AsyncClient
    ) -> None:
        reader = await people.client()
        first = await write(reader, slug, "one")
        assert first["status"] == "held"
        assert (await write(reader, slug, "two"))["status"] == "held"
        assert await queue(author) == [(body, "the first comment of this person") for body in ("two", "one")]
        assert (await listed(client, slug))["items"] == []
        await act(author, first["id"], "approve")
        assert [one["body"] for one in (await listed(client, slug))["items"]] == ["one"]
        assert (await write(reader, slug, "three"))["status"] == "visible"
        assert (await write(await people.client(), slug, "somebody else's"))["status"] == "held"
        assert await count_of(client, slug) == 2

    async def test_a_refused_one_does_not_open_the_door(
        self, people: People, slug: str, author: httpx.AsyncClient
    ) -> None:
        reader = await people.client()
        await act(author, (await write(reader, slug, "rude"))["id"], "reject")
        assert (await write(reader, slug, "ruder"))["status"] == "held"

    async def test_many_links_are_held_still(self, people: People, slug: str, author: httpx.AsyncClient) -> None:
        reader = await people.client()
        await act(author, (await write(reader, slug, "one"))["id"], "approve")
        links = " ".join(f"https://{name}.example" for name in "abc")
        assert (await write(reader, slug, links))["status"] == "held"


@pytest.mark.parametrize("mode", ["first", "all"])
class TestThoseWhoModerate:
    async def test_are_heard_at_once(self, people: People, slug: str, author: httpx.AsyncClient, mode: Mode) -> None:
        assert mode != "open"
        for person in (author, await people.client("moderator"), await people.client("admin")):
            assert (await write(person, slug, "Welcome."))["status"] == "visible"
        assert (await write(await people.client("creator"), slug, "Another author."))["status"] == "held"


@pytest.mark.parametrize("mode", ["all"])
class TestAll:
    async def test_every_one_waits(
        self, client: httpx.AsyncClient, people: People, slug: str, author: httpx.AsyncClient
    ) -> None:
        reader = await people.client()
        first = await write(reader, slug, "one")
        await act(author, first["id"], "approve")
        answer = await write(reader, slug, "two", first["id"])
        assert answer["status"] == "held"
        assert await queue(author) == [("two", "every comment waits for approval here")]
        assert [one["status"] for one in (await listed(reader, slug))["items"]] == ["visible", "held"]
        assert [one["body"] for one in (await listed(client, slug))["items"]] == ["one"]
        assert await count_of(client, slug) == 1

    async def test_a_change_waits_again(
        self, client: httpx.AsyncClient, people: People, slug: str, author: httpx.AsyncClient
    ) -> None:
        """Else a harmless text would be approved, and another one shown."""
        reader = await people.client()
        made = await write(reader, slug, "harmless")
        await act(author, made["id"], "approve")
        path = f"{API}/comments/{made['id']}"
        changed = await reader.put(path, json={"body": "an advertisement"}, headers={"if-match": "*"})
        assert changed.json()["status"] == "held"
        assert (await listed(client, slug))["items"] == []


@pytest.mark.parametrize("mode", ["off"])
class TestOff:
    async def test_takes_none_and_says_so(
        self, client: httpx.AsyncClient, people: People, slug: str, db: Database, author: httpx.AsyncClient
    ) -> None:
        article_id = (await client.get(f"{API}/articles/{slug}")).json()["id"]
        before = ImportedComment("1", None, None, None, "Guest", None, "Old", render("Old", COMMENT), utc_now())
        async with db.unit_of_work() as session:
            await ImportedComments(session).save(UUID(article_id), [before])
        for person in (await people.client(), author, await people.client("admin")):
            answer = await person.post(f"{API}/articles/{slug}/comments", json={"body": "Hello"})
            assert answer.status_code == 409
        page = (await (await people.client(by="cookie")).get(f"/articles/{slug}")).text
        assert ("No new comments here." in page, "<textarea" in page) == (True, False)
        assert [one["body"] for one in (await listed(client, slug))["items"]] == ["Old"]
