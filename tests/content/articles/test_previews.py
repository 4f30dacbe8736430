"""Links that show an article before it is out."""

from datetime import datetime, timedelta

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.modules.content.articles.errors import PreviewNotFound
from stoa.modules.content.articles.previews import MOST_LINKS, PreviewLinks, forget_expired
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from tests.content.articles.calls import ARTICLES, act, assert_problem, change, delete, write
from tests.content.articles.conftest import Strangers


@pytest.fixture
def links(app: FastAPI) -> PreviewLinks:
    database: Database = app.state.database
    return PreviewLinks(database)


async def link(client: httpx.AsyncClient, slug: str, days: int = 7) -> str:
    """The token of a new link."""
    answer = await client.post(f"{ARTICLES}/{slug}/preview-link", json={"days": days})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    before, _, token = answer.json()["url"].rpartition("/")
    assert before == "http://localhost:8000/preview"
    ends = datetime.fromisoformat(answer.json()["expires_at"])
    assert timedelta(minutes=-1) < ends - utc_now() - timedelta(days=days) <= timedelta()
    return str(token)


async def end_all(db: Database) -> None:
    sooner = text("UPDATE preview_links SET expires_at = now() - interval '1 second'")
    await db.transact(lambda session: session.execute(sooner))


class TestPreviewLink:
    async def test_shows_the_article_as_it_is_now(self, author: httpx.AsyncClient, links: PreviewLinks) -> None:
        await write(author, slug="mine", tags=["Two words"])
        token = await link(author, "mine")
        await change(author, "mine", body="## Newer\n\nWords.")
        shown = orjson.loads(await links.shown(token))
        assert shown["tags"] == [{"slug": "two-words", "name": "Two words"}]
        assert [entry["text"] for entry in shown["toc"]] == ["Newer"]
        assert "body" not in shown
        await act(author, "mine", "publish")
        assert orjson.loads(await links.shown(token))["status"] == "published"

    async def test_ends(self, author: httpx.AsyncClient, links: PreviewLinks, db: Database) -> None:
        await write(author, slug="mine")
        token = await link(author, "mine", days=1)
        await end_all(db)
        with pytest.raises(PreviewNotFound):
            await links.shown(token)

    async def test_of_an_article_in_the_bin_shows_nothing(self, author: httpx.AsyncClient, links: PreviewLinks) -> None:
        await write(author, slug="mine")
        token = await link(author, "mine")
        await delete(author, "mine")
        with pytest.raises(PreviewNotFound):
            await links.shown(token)
        await act(author, "mine", "restore")
        assert orjson.loads(await links.shown(token))["slug"] == "mine"

    async def test_revoking_ends_all_of_the_article_and_no_others(
        self, author: httpx.AsyncClient, links: PreviewLinks
    ) -> None:
        for slug in ("mine", "also-mine"):
            await write(author, slug=slug)
        ended, kept = [await link(author, "mine"), await link(author, "mine")], await link(author, "also-mine")
        assert (await author.delete(f"{ARTICLES}/mine/preview-link")).status_code == 204
        for token in ended:
            with pytest.raises(PreviewNotFound):
                await links.shown(token)
        assert orjson.loads(await links.shown(kept))["slug"] == "also-mine"

    @pytest.mark.parametrize("token", ["", "x", "x" * 43, "\0" * 43, "é" * 43, "x" * 5000])
    async def test_what_is_no_link_shows_nothing(self, token: str, links: PreviewLinks) -> None:
        with pytest.raises(PreviewNotFound):
            await links.shown(token)

    async def test_is_kept_as_a_hash_only(self, author: httpx.AsyncClient, db: Database) -> None:
        await write(author, slug="mine")
        token = await link(author, "mine")
        row = text("SELECT preview_links::text || encode(token_hash, 'escape') FROM preview_links")
        kept = await db.transact(lambda session: session.scalar(row))
        assert kept
        assert token not in kept

    async def test_there_are_some_at_most(self, author: httpx.AsyncClient, db: Database) -> None:
        await write(author, slug="mine")
        for _ in range(MOST_LINKS):
            await link(author, "mine")
        assert_problem(await author.post(f"{ARTICLES}/mine/preview-link", json={"days": 1}), 409)
        await end_all(db)
        await link(author, "mine")

    @pytest.mark.parametrize("days", [0, 31, -1, "x", None])
    async def test_lives_for_1_to_30_days(self, author: httpx.AsyncClient, days: object) -> None:
        await write(author, slug="mine")
        assert_problem(await author.post(f"{ARTICLES}/mine/preview-link", json={"days": days}), 422)

    async def test_is_for_those_who_may_edit_to_make(self, author: httpx.AsyncClient, strangers: Strangers) -> None:
        await write(author, slug="mine")
        for stranger in strangers:
            answer = await stranger.post(f"{ARTICLES}/mine/preview-link", json={"days": 1})
            assert answer.status_code in {401, 403, 404}

    async def test_ended_ones_are_forgotten(self, author: httpx.AsyncClient, db: Database) -> None:
        await write(author, slug="mine")
        await link(author, "mine")
        await end_all(db)
        await link(author, "mine")
        await db.transact(lambda session: forget_expired(session, utc_now()))
        count = text("SELECT count(*) FROM preview_links")
        assert await db.transact(lambda session: session.scalar(count)) == 1
