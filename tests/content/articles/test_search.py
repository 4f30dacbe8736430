"""Searching over HTTP: the whole body, ranked, highlighted, forgiving, and never more than may be read."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from stoa.modules.content.search.languages import SIMPLE, STEMMERS, configuration
from stoa.shared.database import Database
from tests.factories import LONG_AGO, publish, publish_all

ARTICLES = "/api/v1/articles"

_ODD = (
    "a:*",
    "a & b",
    "!a",
    "(a | b",
    "<->",
    "--",
    "or or",
    '"-"',
    "日本語",
    "\u202e",
    "''''",
    ":A",
    "a<5>b",
    "\ufeff",
)


async def find(client: httpx.AsyncClient, words: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(ARTICLES, params={"search": words, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def slugs(found: dict[str, Any]) -> list[str]:
    return [item["slug"] for item in found["items"]]


class TestFinding:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("heron", {"birds", "ponds"}),
            ("HERONS", {"birds", "ponds"}),
            ("heron pond", {"ponds"}),
            ("heron or carrots", {"birds", "ponds", "garden"}),
            ("heron -pond", {"birds"}),
            ('"grey heron"', {"birds"}),
            ('"heron grey"', set()),
            ("cafe", {"garden"}),
            ("café", {"garden"}),
            ("the", set()),
        ],
    )
    async def test_understands_what_people_type(
        self, client: httpx.AsyncClient, db: Database, words: str, expected: set[str]
    ) -> None:
        await publish_all(
            db,
            [
                {"title": "Birds", "body": "The grey heron waits.\n\n" + "Filler words. " * 300},
                {"title": "Ponds", "body": "Filler words. " * 300 + "\n\nHerons come to the pond."},
                {"title": "Garden", "body": "Carrots beside the Café."},
            ],
        )
        assert set(slugs(await find(client, words))) == expected

    async def test_the_title_counts_most(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "Other", "body": "One heron among many other words here."},
                {"title": "Heron", "body": "Something else entirely."},
            ],
        )
        assert slugs(await find(client, "heron")) == ["heron", "other"]

    async def test_marks_the_words_and_escapes_the_rest(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, title="<i>Heron</i> & co", slug="x", body="A heron, `<script>` and R&D.")
        highlight = (await find(client, "heron"))["items"][0]["highlight"]
        assert highlight["title"] == "&lt;i&gt;<mark>Heron</mark>&lt;/i&gt; &amp; co"
        assert "<mark>heron</mark>" in highlight["text"]
        assert "<script>" not in highlight["text"]

    async def test_is_read_in_the_articles_language(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "Garten", "body": "Viele schöne Häuser.", "language": "de"},
                {"title": "Houses", "body": "Many houses."},
            ],
        )
        assert slugs(await find(client, "Haus")) == ["garten"]
        assert slugs(await find(client, "house")) == ["houses"]

    async def test_filters_and_sorts_by_date(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "One heron", "tags": ["a"]},
                {"title": "Two herons heron", "tags": ["a", "b"], "author": "Grace Hopper"},
                {"title": "Three herons", "tags": ["b"]},
            ],
        )
        by_date = await find(client, "heron", sort="published_at")
        assert slugs(by_date) == ["three-herons", "two-herons-heron", "one-heron"]
        assert set(slugs(await find(client, "heron", tags="a"))) == {"one-heron", "two-herons-heron"}
        assert slugs(await find(client, "heron", tags="a,b", tags_match="all")) == ["two-herons-heron"]
        assert slugs(await find(client, "heron", author="grace-hopper")) == ["two-herons-heron"]
        later = (LONG_AGO + timedelta(minutes=90)).isoformat()
        assert slugs(await find(client, "heron", from_date=later)) == ["three-herons"]

    async def test_pages_with_a_cursor_and_counts(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": f"Heron {n}"} for n in range(5)])
        first = await find(client, "heron", limit=2, count="true")
        assert first["total"] == 5
        seen = slugs(first)
        cursor = first["next_cursor"]
        while cursor:
            page = await find(client, "heron", limit=2, cursor=cursor)
            seen += slugs(page)
            cursor = page["next_cursor"]
        assert sorted(seen) == [f"heron-{n}" for n in range(5)]
        answer = await client.get(ARTICLES, params={"search": "heron", "cursor": "AAAA"})
        assert answer.status_code == 400


class TestForgiving:
    @pytest.mark.parametrize("typed", ["heorn", "herron", "hern", "hezon", "Hreons"])
    async def test_a_slip_finds_the_word_and_says_so(self, client: httpx.AsyncClient, db: Database, typed: str) -> None:
        await publish(db, title="Birds", body="The grey heron and other herons wait.")
        found = await find(client, typed)
        assert slugs(found) == ["birds"]
        assert found["corrected"].startswith("heron")

    async def test_words_that_are_found_are_not_corrected(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, body="heron")
        assert (await find(client, "heron"))["corrected"] is None


class TestLanguages:
    async def test_every_language_has_its_configuration_in_the_database(self, db: Database) -> None:
        async with db.reads.connection() as connection:
            rows = await connection.fetch("SELECT cfgname FROM pg_ts_config WHERE cfgname LIKE 'stoa\\_%'")
        assert {row["cfgname"] for row in rows} == {SIMPLE, *map(configuration, STEMMERS)}


class TestNothingLeaks:
    async def test_of_what_is_not_public(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "Draft", "body": "xylophone", "status": "draft"},
                {"title": "Members", "body": "xylophone", "visibility": "members"},
                {"title": "Later", "body": "xylophone", "status": "scheduled"},
            ],
        )
        for words in ("xylophone", "xylophon", "xylophnoe"):
            found = await find(client, words, count="true")
            assert (found["items"], found["total"], found["corrected"]) == ([], 0, None)

    async def test_of_what_was_public_once(self, client: httpx.AsyncClient, db: Database) -> None:
        article = await publish(db, title="X", body="xylophone")
        assert len((await find(client, "xylophone"))["items"]) == 1
        await publish(db, title="X", body="violin", id=article.id, slug="x")
        assert (await find(client, "xylophone"))["items"] == []
        await publish(db, title="X", body="violin", id=article.id, slug="x", status="archived")
        assert (await find(client, "violin"))["items"] == []


class TestAnythingMayBeAsked:
    @pytest.mark.parametrize("words", [*"\"'\\-%_", *_ODD, "a" * 200, "* " * 100, "[" * 200, "x " * 100])
    async def test_without_a_fault(self, client: httpx.AsyncClient, db: Database, words: str) -> None:
        await publish(db)
        answer = await client.get(ARTICLES, params={"search": words})
        assert answer.status_code in {200, 422}, answer.text
