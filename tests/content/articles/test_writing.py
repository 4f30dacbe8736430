"""Authors write over the API: what they may say, what becomes of it, and what is never theirs to say."""

from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from stoa.modules.content.articles.schemas import ArticleOut
from stoa.shared.database import Database
from tests.content.articles.calls import ANY, ARTICLES, assert_problem, change, slugs, write, write_and_publish
from tests.factories import publish
from tests.people import People

COVER = f"/media/ab/{'c' * 40}.webp"
WHOLE: dict[str, Any] = {
    "title": "On walks",
    "body": "A *covered* walk.\n\n## Where\n\nBeside the market.",
    "slug": "walks",
    "excerpt": "Short words.",
    "summary": "What it is about.",
    "tags": ["Greek walks", "c-sharp"],
    "cover_url": COVER,
    "cover_alt": "A walk",
    "language": "el",
    "canonical_url": "https://example.org/walks?a=1",
    "meta_title": "Walks",
    "meta_description": "All about walks",
    "visibility": "members",
}


class TestCreate:
    async def test_makes_a_draft_of_the_callers_with_all_that_was_sent(self, author: httpx.AsyncClient) -> None:
        answer = await author.post(ARTICLES, json=WHOLE)
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{ARTICLES}/walks"
        assert answer.headers["cache-control"] == "private, no-cache"
        TypeAdapter(ArticleOut).validate_json(answer.content, strict=True)
        made = answer.json()
        for name in WHOLE.keys() - {"tags"}:
            assert made[name] == WHOLE[name]
        assert made["tags"] == ["c-sharp", "greek-walks"]
        assert (made["status"], made["version"], made["published_at"]) == ("draft", 1, None)
        assert "<em>covered</em>" in made["html"]
        assert set(made["author"]) == {"username", "display_name", "bio", "avatar_url"}

    async def test_what_was_answered_is_what_is_read(self, author: httpx.AsyncClient) -> None:
        made = await author.post(ARTICLES, json=WHOLE)
        read = await author.get(f"{ARTICLES}/walks")
        assert read.content == made.content
        assert read.headers["etag"] == made.headers["etag"]
        assert read.headers["cache-control"] == "private, no-cache"

    async def test_the_least_is_a_title_and_an_empty_body(self, author: httpx.AsyncClient) -> None:
        made = await write(author, "  Über   Straßen ", "")
        assert (made["slug"], made["title"], made["language"]) == ("uber-strassen", "Über Straßen", "en")
        assert (made["excerpt"], made["summary"], made["visibility"]) == ("", None, "public")

    async def test_a_slug_made_from_the_title_gets_a_number(self, author: httpx.AsyncClient) -> None:
        assert [(await write(author, "Same"))["slug"] for _ in range(3)] == ["same", "same-2", "same-3"]

    async def test_a_number_behind_a_title_as_long_as_a_slug(self, author: httpx.AsyncClient) -> None:
        made = [(await write(author, "x" * 100))["slug"] for _ in range(11)]
        assert made[:3] == ["x" * 80, f"{'x' * 78}-2", f"{'x' * 78}-3"]
        assert made[8:] == [f"{'x' * 78}-9", f"{'x' * 77}-10", f"{'x' * 77}-11"]

    async def test_a_slug_asked_for_that_is_or_was_anothers_is_refused(
        self, author: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> None:
        await write(other, slug="taken")
        await change(other, "taken", slug="taken-now")
        for slug in ("taken", "taken-now"):
            problem = assert_problem(await author.post(ARTICLES, json={"title": "T", "body": "", "slug": slug}), 409)
            assert problem["errors"][0]["field"] == "body.slug"
        assert await slugs(author, status="all") == []

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": ""},
            {"title": "   "},
            {"title": "\u200b"},
            {"title": "x" * 201},
            {"title": "a\u0000b"},
            {"title": ["a"]},
            {"title": None},
            {"body": None},
            {"body": "a\u0000b"},
            {"body": {"markdown": "x"}},
            {"slug": "With Space"},
            {"slug": "../etc"},
            {"slug": "a" * 81},
            {"tags": [f"t{n}" for n in range(21)]},
            {"tags": ["x" * 81]},
            {"tags": [" "]},
            {"tags": "x"},
            {"cover_url": "http://example.org/a.png"},
            {"cover_url": "javascript:alert(1)"},
            {"cover_url": "/media/../../etc/passwd"},
            {"cover_url": "//evil.example/a.png"},
            {"cover_url": 'https://a.example/"onload=x'},
            {"cover_url": "https://user:pass@a.example/a.png"},
            {"cover_url": "https://a.example:99999/"},
            {"canonical_url": "http://example.org/"},
            {"canonical_url": "https://"},
            {"canonical_url": "https://[broken"},
            {"language": "english language"},
            {"language": "e"},
            {"visibility": "nobody"},
            {"excerpt": "x" * 1001},
            {"summary": "x" * 2001},
            {"meta_title": "a\u0007b"},
        ],
    )
    async def test_refuses_what_is_out_of_bounds(self, author: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        problem = assert_problem(await author.post(ARTICLES, json={"title": "T", "body": "B", **fields}), 422)
        assert problem["errors"][0]["field"].startswith(f"body.{next(iter(fields))}")
        assert await slugs(author, status="all") == []

    async def test_refuses_half_characters_and_a_body_that_is_too_large(self, author: httpx.AsyncClient) -> None:
        broken = await author.post(ARTICLES, content=b'{"title": "T", "body": "\\ud800"}')
        assert_problem(broken, 422)
        assert_problem(await author.post(ARTICLES, json={"title": "T", "body": "x" * 1_000_001}), 422)
        assert_problem(await author.post(ARTICLES, json={"title": "T", "body": "x" * 1_100_000}), 413)

    @pytest.mark.parametrize(
        "field",
        [
            "id", "author", "author_id", "version", "html", "published_at", "publish_at", "status", "comment_count",
            "created_at", "updated_at", "deleted_at", "reading_minutes", "toc", "redirects_from",
        ],
    )  # fmt: skip
    async def test_nobody_sets_what_is_not_theirs(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, field: str
    ) -> None:
        before = await write(author, slug="mine")
        for client in (author, moderator):
            sent: dict[str, Any] = {"title": "T", "body": "B", field: "x"}
            answers = (
                await client.post(ARTICLES, json=sent),
                await client.put(f"{ARTICLES}/mine", json=sent, headers=ANY),
                await client.patch(f"{ARTICLES}/mine", json={field: "x"}, headers=ANY),
            )
            for answer in answers:
                assert assert_problem(answer, 422)["errors"][0]["field"] == f"body.{field}"
        assert (await author.get(f"{ARTICLES}/mine")).json() == before

    async def test_who_may_not_make_tags_uses_those_there_are(self, people: People, db: Database) -> None:
        client = await people.client_of(await people.person("creator"), by="key", scopes=["create:article"])
        await publish(db, tags=["There"])
        assert (await write(client, tags=["there"]))["tags"] == ["there"]
        answer = await client.post(ARTICLES, json={"title": "T", "body": "", "tags": ["there", "fresh"]})
        assert "fresh" in assert_problem(answer, 403)["detail"]
        assert (await client.get("/api/v1/tags/fresh")).status_code == 404


class TestChange:
    async def test_patch_leaves_what_is_not_named(self, author: httpx.AsyncClient) -> None:
        before = (await author.post(ARTICLES, json=WHOLE)).json()
        after = await change(author, "walks", title="Other")
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"title", "version", "updated_at"}
        assert after["version"] == 2

    async def test_null_empties_what_may_be_empty(self, author: httpx.AsyncClient) -> None:
        before = (await author.post(ARTICLES, json=WHOLE)).json()
        nothing = dict.fromkeys(WHOLE)
        after = await change(author, "walks", **nothing)
        for name in ("summary", "cover_url", "canonical_url", "meta_title", "meta_description"):
            assert after[name] is None
        assert after["excerpt"].startswith("A covered walk.")
        for name in ("title", "body", "slug", "tags", "language", "visibility", "cover_alt"):
            assert after[name] == before[name]

    async def test_put_replaces_all_but_address_language_and_visibility(self, author: httpx.AsyncClient) -> None:
        await author.post(ARTICLES, json=WHOLE)
        answer = await author.put(f"{ARTICLES}/walks", json={"title": "Other", "body": "New."}, headers=ANY)
        after = answer.json()
        assert (after["title"], after["body"], after["tags"], after["summary"]) == ("Other", "New.", [], None)
        assert (after["excerpt"], after["cover_url"], after["cover_alt"]) == ("New.", None, "")
        assert (after["slug"], after["language"], after["visibility"]) == ("walks", "el", "members")

    async def test_an_excerpt_made_from_the_text_follows_the_text(self, author: httpx.AsyncClient) -> None:
        before = await write(author, body="First words.")
        after = await change(author, before["slug"], body="Second words.")
        assert after["excerpt"] == "Second words."
        sent_back = await change(author, before["slug"], body="Third words.", excerpt=after["excerpt"])
        assert sent_back["excerpt"] == "Third words."
        await change(author, before["slug"], excerpt="By hand.")
        assert (await change(author, before["slug"], body="Fourth words."))["excerpt"] == "By hand."

    async def test_a_former_slug_leads_to_the_article_and_still_saves(
        self, client: httpx.AsyncClient, author: httpx.AsyncClient
    ) -> None:
        await write_and_publish(author, slug="first")
        await change(author, "first", slug="second")
        for reader in (client, author):
            moved = await reader.get(f"{ARTICLES}/first")
            assert (moved.status_code, moved.headers["location"]) == (301, f"{ARTICLES}/second")
        assert (await change(author, "first", title="Again"))["slug"] == "second"
        assert (await change(author, "second", slug="first"))["slug"] == "first"

    async def test_a_drafts_former_slug_is_known_to_its_author_only(
        self, client: httpx.AsyncClient, author: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> None:
        await write(author, slug="first")
        await change(author, "first", slug="second")
        assert (await author.get(f"{ARTICLES}/first")).headers["location"] == f"{ARTICLES}/second"
        for stranger in (client, other):
            assert "second" not in (await stranger.get(f"{ARTICLES}/first")).text
            assert_problem(await stranger.get(f"{ARTICLES}/first"), 404)

    async def test_a_slug_of_another_article_is_refused_and_nothing_is_saved(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="one")
        before = await write(author, slug="two")
        answer = await author.patch(f"{ARTICLES}/two", json={"slug": "one", "title": "Lost"}, headers=ANY)
        assert_problem(answer, 409)
        assert (await author.get(f"{ARTICLES}/two")).json() == before

    async def test_html_of_any_author_is_harmless(self, author: httpx.AsyncClient) -> None:
        made = await write(
            author, "<b>T</b>", "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:x)"
        )
        changed = await change(author, made["slug"], body="<svg onload=alert(1)>")
        for article in (made, changed):
            assert not any(word in article["html"] for word in ("<script", "onerror", 'href="javascript', "<svg"))


class TestPreview:
    async def test_shows_the_text_sanitised_and_keeps_nothing(self, author: httpx.AsyncClient) -> None:
        body = "*Some* words. <script>alert(1)</script> <a href='javascript:alert(1)' onclick=x>y</a>"
        answer = await author.post(f"{ARTICLES}/preview", json={"body": body})
        assert answer.status_code == 200
        assert answer.json()["reading_minutes"] == 1
        assert "<em>Some</em>" in answer.json()["html"]
        for word in ("<script", "href='javascript", 'href="javascript', "<a onclick"):
            assert word not in answer.json()["html"]
        assert await slugs(author, status="all") == []

    async def test_is_for_those_who_write(self, client: httpx.AsyncClient, viewer: httpx.AsyncClient) -> None:
        assert_problem(await client.post(f"{ARTICLES}/preview", json={"body": "x"}), 401)
        assert_problem(await viewer.post(f"{ARTICLES}/preview", json={"body": "x"}), 403)

    async def test_refuses_other_fields(self, author: httpx.AsyncClient) -> None:
        assert_problem(await author.post(f"{ARTICLES}/preview", json={"body": "x", "profile": "raw"}), 422)
