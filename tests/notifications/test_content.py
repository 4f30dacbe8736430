"""Who hears of articles and comments: once each, never of what they did themselves, never of what nobody may see."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from stoa.events.handlers import content
from stoa.modules.content.follows.repository import FollowRepository
from stoa.shared.database import Database
from tests.handling import handle_events, run_tasks
from tests.notifications.telling import listed, ways
from tests.people import People, Person

API = "/api/v1"


async def written(author: httpx.AsyncClient, title: str = "A walk", **fields: Any) -> str:
    """The slug of a new draft."""
    answer = await author.post(f"{API}/articles", json={"title": title, "body": "Some words.", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["slug"])


async def published(author: httpx.AsyncClient, title: str = "A walk", **fields: Any) -> str:
    slug = await written(author, title, **fields)
    assert (await author.post(f"{API}/articles/{slug}/publish")).status_code == 200
    return slug


async def said(person: httpx.AsyncClient, slug: str, body: str, parent: str | None = None) -> dict[str, Any]:
    answer = await person.post(f"{API}/articles/{slug}/comments", json={"body": body, "parent_id": parent})
    assert answer.status_code == 201, answer.text
    comment: dict[str, Any] = answer.json()
    return comment


async def told(app: FastAPI, person: httpx.AsyncClient) -> list[str]:
    """The types of what somebody was told, the newest first."""
    await handle_events(app)
    await run_tasks(app)
    return [notice["type"] for notice in await listed(person)]


@pytest.fixture
async def author(people: People) -> Person:
    return await people.person("creator", username="ada", display_name="Ada")


@pytest.fixture
async def ada(people: People, author: Person) -> httpx.AsyncClient:
    return await people.client_of(author)


@pytest.fixture
async def reader(people: People) -> httpx.AsyncClient:
    return await people.client_of(await people.person(username="ben", display_name="Ben"))


class TestPublished:
    async def test_followers_of_author_and_tag_hear_once(
        self, app: FastAPI, people: People, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        draft = await written(ada, tags=["Rivers", "Walking"])
        for path in ("users/ada", "tags/rivers", "tags/walking"):
            assert (await reader.put(f"{API}/{path}/follow")).status_code == 204
        stranger = await people.client()
        await ada.post(f"{API}/articles/{draft}/publish")
        assert await told(app, reader) == ["article_published"]
        notice = (await listed(reader))[0]
        assert (notice["title"], notice["url"]) == ("Ada: A walk", f"/articles/{draft}")
        assert "off for New article unless" in (await ways(reader, notice["id"]))["mail"]["reason"]
        assert await told(app, stranger) == []
        assert await told(app, ada) == ["new_follower"]

    async def test_unread_ones_of_an_author_are_one_that_grows(
        self, app: FastAPI, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        await reader.put(f"{API}/users/ada/follow")
        for title in ("One", "Two", "Three"):
            await published(ada, title)
        assert await told(app, reader) == ["article_published"]
        notice = (await listed(reader))[0]
        assert notice["times"] == 3
        assert notice["title"] == "Ada: Three"

    @pytest.mark.parametrize("kind", [{"visibility": "members"}, {"kind": "page"}])
    async def test_what_is_in_no_list_is_not_told(
        self, app: FastAPI, ada: httpx.AsyncClient, reader: httpx.AsyncClient, kind: dict[str, str]
    ) -> None:
        await reader.put(f"{API}/users/ada/follow")
        await published(ada, **kind)
        assert await told(app, reader) == []

    async def test_what_is_not_out_any_more_is_not_told(
        self, app: FastAPI, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        await reader.put(f"{API}/users/ada/follow")
        slug = await published(ada)
        await ada.post(f"{API}/articles/{slug}/unpublish")
        assert await told(app, reader) == []

    async def test_many_are_told_batch_by_batch(
        self, app: FastAPI, db: Database, people: People, author: Person, *, ada: httpx.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(content, "TOGETHER", 2)
        followers = [await people.person() for _ in range(5)]
        async with db.unit_of_work() as session:
            for person in followers:
                await FollowRepository(session).add(person.id, author_id=author.id)
        await published(ada)
        assert [await told(app, await people.client_of(person)) for person in followers] == [["article_published"]] * 5

    async def test_who_follows_a_merged_tag_follows_the_other(
        self, app: FastAPI, people: People, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        draft = await written(ada, tags=["Rivers"])
        await written(ada, "Another", tags=["Streams"])
        await reader.put(f"{API}/tags/streams/follow")
        moderator = await people.client("moderator")
        assert (await moderator.post(f"{API}/tags/streams/merge", json={"into": "rivers"})).status_code == 200
        await handle_events(app)
        await ada.post(f"{API}/articles/{draft}/publish")
        assert await told(app, reader) == ["article_published"]


class TestComments:
    async def test_the_author_the_one_answered_and_the_thread(
        self, app: FastAPI, people: People, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        slug = await published(ada)
        third, fourth = await people.client(), await people.client()
        first = await said(reader, slug, "I read *this* with pleasure.")
        assert await told(app, ada) == ["comment_on_article"]
        notice = (await listed(ada))[0]
        assert (notice["title"], notice["message"]) == ('Ben commented on "A walk"', "Ben: I read this with pleasure.")
        assert notice["url"] == f"/articles/{slug}#comment-{first['id']}"
        await said(third, slug, "So did I.", first["id"])
        assert await told(app, reader) == ["comment_answered"]
        await said(fourth, slug, "And I.", first["id"])
        assert await told(app, third) == ["comment_in_thread"]
        assert await told(app, fourth) == []
        assert await told(app, ada) == ["comment_on_article"] * 3

    async def test_the_author_answers_and_is_not_told(
        self, app: FastAPI, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        slug = await published(ada)
        first = await said(reader, slug, "A question?")
        await said(ada, slug, "An answer.", first["id"])
        assert await told(app, ada) == ["comment_on_article"]
        assert await told(app, reader) == ["comment_answered"]

    async def test_one_that_waits_is_told_to_its_writer_and_those_who_moderate(
        self, app: FastAPI, people: People, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        slug = await published(ada)
        moderator = await people.client("moderator")
        links = " ".join(f"https://example.org/{number}" for number in range(4))
        held = await said(reader, slug, links)
        assert held["status"] == "held"
        assert await told(app, reader) == ["comment_held"]
        assert await told(app, ada) == ["comment_waits"]
        assert await told(app, moderator) == ["comment_waits"]
        assert (await moderator.post(f"{API}/comments/{held['id']}/approve")).status_code == 200
        assert await told(app, reader) == ["comment_approved", "comment_held"]
        assert "comment_on_article" in await told(app, ada)

    async def test_what_was_hidden_before_it_was_told_is_not_told(
        self, app: FastAPI, people: People, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        slug = await published(ada)
        comment = await said(reader, slug, "Rude words.")
        await (await people.client("moderator")).post(f"{API}/comments/{comment['id']}/reject")
        assert await told(app, ada) == []
        assert await told(app, reader) == ["comment_hidden"]

    async def test_who_deletes_their_own_is_not_told(
        self, app: FastAPI, ada: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        slug = await published(ada)
        comment = await said(reader, slug, "Never mind.")
        assert (await reader.delete(f"{API}/comments/{comment['id']}")).status_code == 204
        assert await told(app, reader) == []
