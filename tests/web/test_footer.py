"""The pages that stand by themselves are reached from the footer of every public page."""

import asyncio
import html
import re
from pathlib import Path

import httpx
import pytest

from stoa.main import create_app
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.conftest import client_of
from tests.factories import publish, publish_all
from tests.kept import kept
from tests.people import People

PLACES = (
    "/",
    "/?page=2",
    "/tags",
    "/tags/rivers",
    "/authors/ada-lovelace",
    "/articles/one",
    "/search",
    "/search?q=one",
)


def links(page: str) -> list[tuple[str, str]]:
    """Addresses and titles of the pages that a footer leads to."""
    part = page.partition('<nav class="site-footer-pages"')[2].partition("</nav>")[0]
    return [(path, html.unescape(title)) for path, title in re.findall(r'<li><a href="([^"]+)">([^<]*)</a>', part)]


async def publish_some(db: Database) -> None:
    many = [{"title": f"Article {number}", "tags": ["Rivers"]} for number in range(14)]
    await publish_all(db, [{"title": "One", "tags": ["Rivers"]}, *many])


class TestFooter:
    @pytest.mark.parametrize("role", ["nobody", "viewer"])
    async def test_of_every_public_page_leads_to_the_pages_by_title(
        self, client: httpx.AsyncClient, people: People, db: Database, role: str
    ) -> None:
        await publish_some(db)
        await publish_all(
            db,
            [
                {"title": "imprint", "kind": "page"},
                {"title": "About <us> & you", "slug": "about", "kind": "page"},
                {"title": "Hidden", "kind": "page", "status": "draft"},
                {"title": "Members", "kind": "page", "visibility": "members"},
            ],
        )
        visitor = client if role == "nobody" else await people.client(role, by="cookie")
        for place in PLACES:
            answer = await visitor.get(place)
            assert answer.status_code == 200
            assert links(answer.text) == [("/articles/about", "About <us> & you"), ("/articles/imprint", "imprint")]
        lost = await visitor.get("/nothing-here")
        assert lost.status_code == 404
        assert len(links(lost.text)) == 2
        about = await visitor.get("/articles/about")
        assert about.status_code == 200
        assert "<h1" in about.text

    async def test_holds_no_more_than_twenty(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": f"Page {number:02}", "kind": "page"} for number in range(25)])
        assert [title for _, title in links((await client.get("/")).text)] == [f"Page {n:02}" for n in range(20)]

    async def test_is_as_it_was_where_there_are_none(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_some(db)
        assert "site-footer-pages" not in (await client.get("/")).text

    async def test_pages_are_in_the_sitemap(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "Imprint", kind="page")
        assert "/articles/imprint</loc>" in (await client.get("/sitemap-1.xml")).text


class TestKept:
    async def test_changes_as_soon_as_a_page_does(
        self, own_database_url: str, redis_url: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_ENVIRONMENT", "test")
        app = create_app(
            Settings.load(env_file=None), database_url=own_database_url, redis_url=redis_url, data_dir=data_dir
        )
        async with app.router.lifespan_context(app), client_of(app) as stranger:
            db: Database = app.state.database
            reader = await People(app).client("viewer", by="cookie")
            async with reader:
                await kept(stranger, "/")
                assert links((await reader.get("/")).text) == []
                await publish(db, "Imprint", kind="page")
                for visitor in (stranger, reader):
                    await _until(visitor, ["Imprint"])
                    answer = await visitor.get("/tags")
                    assert [title for _, title in links(answer.text)] == ["Imprint"]


async def _until(client: httpx.AsyncClient, titles: list[str]) -> None:
    """Announcements take moments."""
    for _ in range(200):
        if [title for _, title in links((await client.get("/")).text)] == titles:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the footer never changed")
