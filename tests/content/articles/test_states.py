"""Scheduled, archived, a page: where an article is to be met in each state, and who moves it."""

from datetime import timedelta
from uuid import UUID

import httpx
import orjson
from sqlalchemy import text

from stoa.modules.content.articles.scheduling import publish_due
from stoa.modules.content.articles.schemas import FoundArticle, OwnArticleOut
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.security import Actor
from tests.content.articles.calls import (
    ARTICLES,
    act,
    assert_problem,
    change,
    delete,
    revisions,
    schedule,
    slugs,
    write,
    write_and_publish,
)
from tests.people import People

TOMORROW = (utc_now() + timedelta(days=1)).replace(microsecond=0)
LATER = TOMORROW + timedelta(days=1)


async def events(db: Database) -> list[tuple[str, int]]:
    """What was recorded about articles, with the article's version, in that order."""
    query = text("SELECT type, aggregate_version FROM event_log WHERE type LIKE 'article.%' ORDER BY at, id")
    return [(row[0], row[1]) for row in await db.transact(lambda session: session.execute(query))]


async def due(db: Database, *, days: int = 3) -> int:
    return await db.transact(lambda session: publish_due(session, utc_now() + timedelta(days=days)))


class TestSchedule:
    async def test_is_told_to_its_author_and_nobody_else(
        self, author: httpx.AsyncClient, client: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> None:
        await write(author, slug="mine")
        answered = await schedule(author, "mine", TOMORROW.isoformat())
        assert (answered["status"], answered["published_at"]) == ("scheduled", None)
        assert OwnArticleOut.model_validate(answered, extra="forbid").publish_at == TOMORROW
        for stranger in (client, other):
            assert (await stranger.get(f"{ARTICLES}/mine")).status_code == 404
        listed = (await author.get(f"{ARTICLES}?status=scheduled")).json()["items"]
        assert [FoundArticle.model_validate(item, extra="forbid").publish_at for item in listed] == [TOMORROW]

    async def test_goes_out_when_it_is_due(
        self, author: httpx.AsyncClient, client: httpx.AsyncClient, db: Database
    ) -> None:
        await write(author, "About quetzalcoatl", slug="mine", tags=["x"])
        await write(author, slug="members", visibility="members", tags=["x"])
        await write(author, slug="later")
        for slug, at in (("mine", TOMORROW), ("members", TOMORROW), ("later", utc_now() + timedelta(days=30))):
            await schedule(author, slug, at.isoformat())
        assert await due(db, days=0) == 0
        assert await due(db) == 2
        assert await due(db) == 0
        assert await slugs(client) == ["mine"]
        assert await slugs(client, search="quetzalcoatl") == ["mine"]
        assert (await client.get("/api/v1/tags/x")).json()["article_count"] == 1
        shown = (await client.get(f"{ARTICLES}/mine")).json()
        assert (shown["status"], shown["version"]) == ("published", 3)
        assert shown["published_at"] == TOMORROW.isoformat()
        assert await slugs(author, status="published", search="words") == ["mine"]
        assert len(await revisions(author, "mine")) == 1
        told = await events(db)
        assert told.count(("article.published", 3)) == 2
        assert told.count(("article.scheduled", 2)) == 3
        assert len(told) == 5

    async def test_is_moved_and_called_off(self, author: httpx.AsyncClient, db: Database) -> None:
        await write(author, slug="mine")
        first = await schedule(author, "mine", TOMORROW.isoformat())
        assert await schedule(author, "mine", TOMORROW.isoformat()) == first
        assert (await schedule(author, "mine", LATER.isoformat()))["publish_at"] == LATER.isoformat()
        assert (await change(author, "mine", title="Another"))["publish_at"] == LATER.isoformat()
        draft = await act(author, "mine", "unpublish")
        assert (draft["status"], draft["publish_at"]) == ("draft", None)
        assert await due(db) == 0
        assert [kind for kind, _ in await events(db)] == ["article.scheduled", "article.scheduled"]

    async def test_in_the_bin_it_does_not_go_out(self, author: httpx.AsyncClient, db: Database) -> None:
        await write(author, slug="mine")
        await schedule(author, "mine", TOMORROW.isoformat())
        await delete(author, "mine")
        assert await due(db) == 0
        back = await act(author, "mine", "restore")
        assert (back["status"], back["publish_at"]) == ("draft", None)
        assert [kind for kind, _ in await events(db)] == ["article.scheduled", "article.deleted", "article.restored"]

    async def test_times_that_make_no_sense_are_told(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        past, far = utc_now() - timedelta(seconds=5), utc_now() + timedelta(days=3700)
        for wrong in (past.isoformat(), far.isoformat(), "2030-01-01T08:00:00", "soon", None, 7):
            answer = await author.post(f"{ARTICLES}/mine/schedule", json={"publish_at": wrong})
            problem = assert_problem(answer, 422)
            assert problem["errors"][0]["field"] == "body.publish_at"
        assert (await author.get(f"{ARTICLES}/mine")).json()["status"] == "draft"

    async def test_what_is_out_is_not_scheduled(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine")
        answer = await author.post(f"{ARTICLES}/mine/schedule", json={"publish_at": TOMORROW.isoformat()})
        assert_problem(answer, 409)
        assert await slugs(client) == ["mine"]

    async def test_a_stale_one_is_told(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        await change(author, "mine", body="Newer.")
        for name, body in (("schedule", {"publish_at": TOMORROW.isoformat()}), ("archive", None), ("publish", None)):
            answer = await author.post(f"{ARTICLES}/mine/{name}", json=body, headers={"if-match": '"1"'})
            assert assert_problem(answer, 412)["current"]["body"] == "Newer."

    async def test_of_somebody_elses_is_audited(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        await write(author, slug="mine")
        await schedule(moderator, "mine", TOMORROW.isoformat())
        found = await admin.get("/api/v1/admin/audit?action=article.scheduled")
        assert len(found.json()["items"]) == 1


class TestArchive:
    async def test_withdraws_it_until_it_is_published_again(
        self, author: httpx.AsyncClient, client: httpx.AsyncClient, db: Database
    ) -> None:
        out = await write_and_publish(author, slug="mine", tags=["x"])
        assert (await act(author, "mine", "archive"))["status"] == "archived"
        assert await slugs(client) == []
        assert (await client.get(f"{ARTICLES}/mine")).status_code == 404
        assert (await client.get("/api/v1/tags/x")).json()["article_count"] == 0
        assert await slugs(author, status="archived") == ["mine"]
        assert (await act(author, "mine", "publish"))["published_at"] == out["published_at"]
        assert await slugs(client) == ["mine"]
        kinds = [kind for kind, _ in await events(db)]
        assert kinds == ["article.published", "article.unpublished", "article.published"]

    async def test_leads_back_to_a_draft(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        await act(author, "mine", "archive")
        assert (await act(author, "mine", "unpublish"))["status"] == "draft"


class TestPages:
    async def test_stand_at_their_address_and_in_no_list(
        self, author: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        await write_and_publish(author, slug="article", tags=["x"])
        for title in ("Terms", "about"):
            await write_and_publish(author, title, body="Quetzalcoatl.", kind="page", tags=["x"], has_comments=False)
        assert await slugs(client) == ["article"]
        assert (await client.get("/api/v1/tags/x")).json()["article_count"] == 1
        for place in ("/", "/feed.atom", "/tags/x"):
            assert "articles/about" not in (await client.get(place)).text.partition("<footer")[0]
        assert await slugs(client, kind="page") == ["about", "terms"]
        assert await slugs(client, kind="page", tags="x", sort="published_at") == ["about", "terms"]
        assert set(await slugs(client, search="quetzalcoatl")) == {"about", "terms"}
        assert set(await slugs(client, search="words quetzalcoatl or words", kind="article")) == {"article"}
        assert "articles/about" in (await client.get("/sitemap-1.xml")).text
        shown = (await client.get(f"{ARTICLES}/about")).json()
        assert (shown["kind"], shown["has_comments"], shown["reactions"]) == ("page", False, {})

    async def test_kind_and_comments_stay_when_replaced(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine", kind="page", has_comments=False)
        whole = {"title": "Another", "body": "Other."}
        answer = await author.put(f"{ARTICLES}/mine", json=whole, headers={"if-match": "*"})
        assert (answer.json()["kind"], answer.json()["has_comments"]) == ("page", False)
        changed = await change(author, "mine", kind="article", has_comments=True)
        assert (changed["kind"], changed["has_comments"]) == ("article", True)
        assert (await act(author, "mine", "publish"))["kind"] == "article"

    async def test_becoming_one_leaves_the_lists(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine", tags=["x"])
        await change(author, "mine", kind="page")
        assert await slugs(client) == []
        assert (await client.get("/api/v1/tags/x")).json()["article_count"] == 0
        assert await slugs(author, status="all", kind="page") == ["mine"]
        assert await slugs(author, status="all", kind="article") == []


class TestCalendar:
    async def test_holds_what_goes_out_and_went_out(
        self, author: httpx.AsyncClient, other: httpx.AsyncClient, people: People
    ) -> None:
        await write_and_publish(author, slug="out")
        for slug, at in (("later", LATER), ("soon", TOMORROW)):
            await write(author, slug=slug)
            await schedule(author, slug, at.isoformat())
        await write(author, slug="draft")
        await write_and_publish(other, slug="others")
        state = people.app.state
        writing = ArticleWriting(state.database, state.markdown)
        me = (await author.get("/api/v1/users/me")).json()
        actor = Actor(UUID(me["id"]), me["username"], "creator", frozenset(), "token")
        first, until = utc_now() - timedelta(hours=1), LATER
        items = [orjson.loads(item) for item in await writing.calendar(actor, first, until)]
        assert [item["slug"] for item in items] == ["out", "soon"]
        assert items[1]["publish_at"] == TOMORROW.isoformat()
        keeper = Actor(UUID(me["id"]), me["username"], "moderator", frozenset({"moderate:article"}), "token")
        everybody = [orjson.loads(item) for item in await writing.calendar(keeper, first, LATER + timedelta(1))]
        assert [item["slug"] for item in everybody] == ["out", "others", "soon", "later"]
