"""What is left of articles that are purged, of people who go, and what imports leave behind."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from stoa.modules.content.articles.personal_data import ArticlesOfPerson
from stoa.modules.content.articles.schemas import ArticleDraft
from stoa.modules.content.articles.service import ArticleService
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.markdown.pool import MarkdownPool
from tests.content.articles.calls import (
    ARTICLES,
    act,
    assert_problem,
    change,
    delete,
    revisions,
    write,
    write_and_publish,
)

PARTS = ("articles", "article_redirects", "article_revisions", "preview_links", "article_tags", "article_search")


async def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.transact(lambda session: session.execute(text(query)))]


async def counts(db: Database) -> dict[str, int]:
    return {table: (await rows(db, f"SELECT count(*) FROM {table}"))[0][0] for table in PARTS}  # noqa: S608 # ours


class TestPurge:
    async def test_takes_everything_of_the_article_and_frees_its_addresses(
        self, author: httpx.AsyncClient, db: Database
    ) -> None:
        await write(author, slug="first", tags=["x"])
        await change(author, "first", slug="second")
        await author.post(f"{ARTICLES}/second/preview-link", json={"days": 1})
        await delete(author, "second")
        for slug in ("first", "second"):
            taken = await author.post(ARTICLES, json={"title": "Other", "body": "", "slug": slug})
            assert_problem(taken, 409)
        hour_ago, soon = utc_now() - timedelta(hours=1), utc_now() + timedelta(hours=1)
        await db.transact(lambda session: ArticleService(session).empty_bin(hour_ago))
        assert (await counts(db))["articles"] == 1
        await db.transact(lambda session: ArticleService(session).empty_bin(soon))
        assert await counts(db) == dict.fromkeys(PARTS, 0)
        for slug in ("first", "second"):
            await write(author, slug=slug)


class TestWhoGoes:
    async def test_leaves_what_is_public_and_nothing_that_was_not(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, other: httpx.AsyncClient, db: Database
    ) -> None:
        await write(author, slug="out", body="A secret that was taken out.")
        await change(author, "out", body="For everybody.")
        await act(author, "out", "publish")
        for slug, name in (("draft", None), ("archived", "archive")):
            await write(author, slug=slug)
            if name:
                await act(author, slug, name)
        await write_and_publish(other, slug="others")
        me = UUID((await author.get("/api/v1/users/me")).json()["id"])
        await db.transact(lambda session: ArticlesOfPerson().erase(session, me))
        assert await rows(db, "SELECT slug FROM articles ORDER BY slug") == [("others",), ("out",)]
        kept = await rows(db, "SELECT slug, number, body, saved_by IS NULL FROM article_revisions ORDER BY slug")
        assert kept == [("others", 1, "Some words.", False), ("out", 2, "For everybody.", True)]
        found = await revisions(moderator, "out")
        assert [(item["number"], item["saved_by"]) for item in found] == [(2, None)]


class TestImported:
    @pytest.mark.parametrize("status", ["draft", "scheduled", "published"])
    async def test_a_batch_has_a_revision_each(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, db: Database, markdown: MarkdownPool, status: Any
    ) -> None:
        me = UUID((await author.get("/api/v1/users/me")).json()["id"])
        rendered, now = await markdown.render("Imported."), utc_now()
        drafts = [
            ArticleDraft(
                slug=f"a-{number}", title=f"Title {number}", body="Imported.", rendered=rendered, author_id=me,
                status=status, published_at=now, publish_at=now if status == "scheduled" else None, updated_at=now,
                tags=["x"], act="imported",
            )
            for number in range(3)
        ]  # fmt: skip
        await db.transact(lambda session: ArticleService(session).save_many(drafts, learn_words=False))
        for number in range(3):
            (found,) = await revisions(moderator, f"a-{number}")
            assert (found["number"], found["act"], found["title"]) == (1, "imported", f"Title {number}")
            assert found["saved_by"] is None
