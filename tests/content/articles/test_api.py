"""Articles over HTTP: lists, one, filters, redirects."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from stoa.modules.content.articles.schemas import ArticleDraft, ArticleList, ArticleOut
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.tags.schemas import TagChange
from stoa.modules.content.tags.service import TagService
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.markdown.render import render
from tests.factories import LONG_AGO, publish, publish_all
from tests.people import SHELL

ARTICLES = "/api/v1/articles"


def slugs(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


class TestListArticles:
    async def test_newest_first_with_all_documented_fields(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "Old", "tags": ["b", "a"]}, {"title": "New"}])
        answer = await client.get(ARTICLES)
        assert slugs(answer) == ["new", "old"]
        TypeAdapter(ArticleList).validate_json(answer.content, strict=True)
        item = answer.json()["items"][1]
        assert item["tags"] == ["a", "b"]
        assert item["author"] == {
            "username": "ada-lovelace",
            "display_name": "Ada Lovelace",
            "bio": "",
            "avatar_url": None,
        }
        assert item["published_at"] == "2024-01-01T12:00:00+00:00"
        assert "body" not in item
        assert "html" not in item

    async def test_shows_neither_drafts_nor_members_texts(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "Shown"},
                {"title": "Draft", "status": "draft"},
                {"title": "Later", "status": "scheduled"},
                {"title": "Members", "visibility": "members"},
                {"title": "Put away", "status": "archived"},
            ],
        )
        answer = await client.get(ARTICLES, params={"count": "true"})
        assert slugs(answer) == ["shown"]
        assert answer.json()["total"] == 1
        for hidden in ("draft", "later", "members", "put-away"):
            assert (await client.get(f"{ARTICLES}/{hidden}")).status_code == 404

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"author": "grace-hopper"}, ["two"]),
            ({"author": "GRACE-HOPPER"}, ["two"]),
            ({"author": "nobody"}, []),
            ({"tags": "x"}, ["three", "one"]),
            ({"tags": "x,y"}, ["three", "two", "one"]),
            ({"tags": ["x", "y"]}, ["three", "two", "one"]),
            ({"tags": "x,y", "tags_match": "all"}, ["three"]),
            ({"tags": "nothing"}, []),
            ({"tags": "x", "author": "ada-lovelace"}, ["three", "one"]),
            ({"from_date": "2024-01-01T13:00:00Z"}, ["three", "two"]),
            ({"to_date": "2024-01-01T13:00:00+00:00"}, ["one"]),
            ({"from_date": "2024-01-01T12:30:00Z", "to_date": "2024-01-01T13:30:00Z"}, ["two"]),
            ({"tags": "x", "from_date": "2024-01-01T12:30:00Z"}, ["three"]),
            ({"sort": "title"}, ["one", "three", "two"]),
            ({"sort": "title", "order": "desc"}, ["two", "three", "one"]),
            ({"sort": "published_at", "order": "asc"}, ["one", "two", "three"]),
            ({"sort": "updated_at"}, ["one", "three", "two"]),
            ({"skip": "1", "limit": "1"}, ["two"]),
        ],
    )
    async def test_filters_and_sorts(
        self, client: httpx.AsyncClient, db: Database, params: dict[str, Any], expected: list[str]
    ) -> None:
        await publish_all(
            db,
            [
                {"title": "One", "tags": ["x"], "updated_at": LONG_AGO + timedelta(days=9)},
                {"title": "Two", "tags": ["y"], "author": "Grace Hopper"},
                {"title": "Three", "tags": ["x", "y"]},
            ],
        )
        assert slugs(await client.get(ARTICLES, params=params)) == expected

    @pytest.mark.parametrize("name", ["from_date", "to_date"])
    @pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
    async def test_times_beyond_the_calendar_are_refused(
        self, client: httpx.AsyncClient, name: str, moment: str
    ) -> None:
        assert (await client.get("/api/v1/articles", params={name: moment})).status_code == 422

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"order": "asc"},
            {"sort": "title"},
            {"sort": "title", "order": "desc"},
            {"sort": "updated_at"},
            {"tags": "x"},
            {"tags": "x", "order": "asc"},
            {"tags": "x,y"},
            {"author": "ada-lovelace"},
        ],
    )
    async def test_cursors_walk_through_all_of_them_once(
        self, client: httpx.AsyncClient, db: Database, params: dict[str, str]
    ) -> None:
        same = {"published_at": LONG_AGO, "updated_at": LONG_AGO, "tags": ["x"]}
        await publish_all(db, [{"title": f"Article {n // 2}", **same} for n in range(7)])
        whole = slugs(await client.get(ARTICLES, params=params))
        walked: list[str] = []
        asked = {**params, "limit": "2"}
        while True:
            answer = await client.get(ARTICLES, params=asked)
            walked += slugs(answer)
            if answer.json()["next_cursor"] is None:
                break
            asked["cursor"] = answer.json()["next_cursor"]
        assert walked == whole
        assert len(set(walked)) == 7

    @pytest.mark.parametrize(
        "params",
        [
            {"limit": "0"},
            {"limit": "101"},
            {"skip": "-1"},
            {"sort": "secret"},
            {"status": "secret"},
            {"from_date": "yesterday"},
            {"from_date": "2024-01-01T12:00:00"},
            {"tags_match": "none"},
            {"tags": ",".join(f"t{n}" for n in range(21))},
            {"search": "x" * 201},
            {"search": "[" * 20_000},
        ],
    )
    async def test_refuses_a_query_out_of_bounds(self, client: httpx.AsyncClient, params: dict[str, str]) -> None:
        answer = await client.get(ARTICLES, params=params)
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("query", ["search=%00", "search=a%00b", "author=%00", "search=%ff", "tags=%ed%a0%80"])
    async def test_refuses_what_is_no_text(self, client: httpx.AsyncClient, query: str) -> None:
        answer = await client.get(f"{ARTICLES}?{query}")
        assert answer.status_code == 400
        assert answer.json()["request_id"] == answer.headers["x-request-id"]

    async def test_takes_one_statement(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"tags": ["a", "b"]} for _ in range(5)])
        for params in ({}, {"tags": "a"}, {"tags": "a,b"}, {"author": "ada-lovelace"}, {"sort": "title"}):
            answer = await client.get(ARTICLES, params=params)
            assert 'desc="1 statements"' in answer.headers["server-timing"]


class TestReadArticle:
    async def test_answers_markdown_and_html(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, title="Hello", body="Some *words* <script>alert(1)</script>.", tags=["x"])
        answer = await client.get(f"{ARTICLES}/hello")
        TypeAdapter(ArticleOut).validate_json(answer.content, strict=True)
        assert answer.json()["body"] == "Some *words* <script>alert(1)</script>."
        assert "<em>words</em>" in answer.json()["html"]
        assert "<script" not in answer.json()["html"]
        assert 'desc="1 statements"' in answer.headers["server-timing"]

    @pytest.mark.parametrize("slug", ["nothing", "..", "%2e%2e", "a" * 121, "é"])
    async def test_unknown_is_a_problem(self, client: httpx.AsyncClient, slug: str) -> None:
        answer = await client.get(f"{ARTICLES}/{slug}")
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


class TestArticlesOfTagAndUser:
    async def test_lists_them(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "One", "tags": ["x"]}, {"title": "Two", "author": "Grace Hopper"}])
        assert slugs(await client.get("/api/v1/tags/x/articles")) == ["one"]
        assert slugs(await client.get("/api/v1/users/grace-hopper/articles")) == ["two"]

    async def test_unknown_ones_are_404(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/v1/tags/nothing/articles")).status_code == 404
        assert (await client.get("/api/v1/users/nobody/articles")).status_code == 404

    async def test_a_former_tag_leads_to_its_articles(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["old"])
        async with db.unit_of_work() as session:
            await TagService(session).change("old", TagChange(slug="new"), SHELL)
        answer = await client.get("/api/v1/tags/old/articles?limit=5")
        assert answer.headers["location"] == "/api/v1/tags/new/articles?limit=5"


class TestSlugs:
    async def test_a_taken_slug_gets_a_number(self, db: Database) -> None:
        saved = await publish_all(db, [{"title": "Same"}, {"title": "Same"}, {"title": "Same"}])
        assert [article.slug for article in saved] == ["same", "same-2", "same-3"]
        assert (await publish(db, title="Same")).slug == "same-4"

    async def test_a_changed_slug_leads_to_the_article_for_ever(self, client: httpx.AsyncClient, db: Database) -> None:
        first = await publish(db, title="First")
        await publish(db, title="First", slug="second", id=first.id)
        await publish(db, title="First", slug="third", id=first.id)
        for former in ("first", "second"):
            answer = await client.get(f"{ARTICLES}/{former}")
            assert answer.status_code == 301
            assert answer.headers["location"] == f"{ARTICLES}/third"
            page = await client.get(f"/articles/{former}")
            assert (page.status_code, page.headers["location"]) == (301, "/articles/third")

    async def test_a_former_slug_is_not_given_to_another_article(self, db: Database) -> None:
        first = await publish(db, title="First")
        await publish(db, title="First", slug="second", id=first.id)
        assert (await publish(db, title="First")).slug == "first-2"

    async def test_an_article_may_go_back_to_its_former_slug(self, client: httpx.AsyncClient, db: Database) -> None:
        first = await publish(db, title="First")
        await publish(db, title="First", slug="second", id=first.id)
        again = await publish(db, title="First", slug="first", id=first.id)
        assert again.slug == "first"
        assert (await client.get(f"{ARTICLES}/second")).headers["location"] == f"{ARTICLES}/first"


class TestSaveMany:
    async def test_is_all_or_nothing(self, client: httpx.AsyncClient, db: Database) -> None:
        async def save() -> None:
            async with db.unit_of_work() as session:
                author = await UserService(session).ensure_author("Ada")
                common: dict[str, Any] = {
                    "body": "x", "rendered": render("x"), "author_id": author.id, "published_at": LONG_AGO,
                    "updated_at": LONG_AGO,
                }  # fmt: skip
                await ArticleService(session).save_many(
                    [ArticleDraft(slug="a", title="A", status="published", **common)]
                )
                raise RuntimeError("half way")

        with pytest.raises(RuntimeError, match="half way"):
            await save()
        assert slugs(await client.get(ARTICLES)) == []

    async def test_counters_follow_the_article(self, client: httpx.AsyncClient, db: Database) -> None:
        article = await publish(db, title="A", tags=["x", "y"])
        await publish(db, title="A", slug="a", id=article.id, tags=["y", "z"])
        counts = {tag["slug"]: tag["article_count"] for tag in (await client.get("/api/v1/tags")).json()["items"]}
        assert counts == {"x": 0, "y": 1, "z": 1}
        await publish(db, title="A", slug="a", id=article.id, tags=["y", "z"], status="archived")
        counts = {tag["slug"]: tag["article_count"] for tag in (await client.get("/api/v1/tags")).json()["items"]}
        assert counts == {"x": 0, "y": 0, "z": 0}
