"""Kept answers: the same until something changes, and then new on every process. Commits are real here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stoa.main import create_app
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.tags.schemas import TagIn
from stoa.modules.content.tags.service import TagService
from stoa.shared.database import Database
from stoa.shared.middleware.page_cache import VERSION, Entry, PageCache, PageStore
from stoa.shared.settings import Settings
from stoa.shared.settings_parts import DatabaseSettings
from tests.conftest import client_of
from tests.factories import publish, publish_all
from tests.kept import is_kept, kept

ARTICLES = "/api/v1/articles"


@pytest.fixture
def settings() -> Settings:
    return Settings.load(env_file=None)


@pytest.fixture
async def own_db(own_database_url: str) -> AsyncIterator[Database]:
    async with Database(DatabaseSettings(), own_database_url) as opened:
        yield opened


@asynccontextmanager
async def running(settings: Settings, url: str, redis_url: str, folder: Path) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database_url=url, redis_url=redis_url, data_dir=folder)
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0.3)  # the listener connects
        yield app


@pytest.fixture
async def two_clients(
    settings: Settings, own_database_url: str, redis_url: str, data_dir: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Two web processes of one site, each with a cache of its own."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            app = await stack.enter_async_context(running(settings, own_database_url, redis_url, data_dir))
            clients.append(await stack.enter_async_context(client_of(app)))
        yield clients[0], clients[1]


def tag_of(answer: httpx.Response) -> str:
    return str(answer.headers["etag"]).strip('"').removesuffix("-gzip")


async def eventually_shows(client: httpx.AsyncClient, path: str, words: str) -> None:
    async with asyncio.timeout(5):
        while words not in (await client.get(path)).text:  # noqa: ASYNC110 # we wait for what a visitor sees
            await asyncio.sleep(0.02)


async def eventually_gone(client: httpx.AsyncClient, path: str) -> None:
    async with asyncio.timeout(5):
        while (await client.get(path)).status_code != 404:  # noqa: ASYNC110 # we wait for what a visitor sees
            await asyncio.sleep(0.02)


class TestKeptAnswers:
    async def test_are_given_again_without_asking_the_database(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database
    ) -> None:
        client, _ = two_clients
        await publish(own_db, title="Hello")
        await eventually_shows(client, ARTICLES, "Hello")
        for path in (ARTICLES, "/", "/articles/hello"):
            again = await kept(client, path)
            fresh = await client.get(f"{path}?unseen=1")
            assert again.text == fresh.text
            assert tag_of(again) == tag_of(fresh)

    async def test_a_change_is_seen_on_every_process(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database
    ) -> None:
        first, second = two_clients
        for client in two_clients:
            assert "Brand new" not in (await client.get("/")).text
        await publish(own_db, title="Brand new")
        await eventually_shows(first, "/", "Brand new")
        await eventually_shows(second, "/", "Brand new")
        async with own_db.unit_of_work() as session:
            await TagService(session).create(TagIn(name="fresh"))
        await eventually_shows(second, "/api/v1/tags", "fresh")

    async def test_a_deleted_article_is_gone_on_every_process(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database
    ) -> None:
        article = await publish(own_db, title="Soon gone")
        for client in two_clients:
            await eventually_shows(client, "/articles/soon-gone", "Soon gone")
            await eventually_shows(client, "/", "Soon gone")
        async with own_db.unit_of_work() as session:
            await ArticleService(session).put_in_bin(article.id)
        for client in two_clients:
            for path in (f"{ARTICLES}/soon-gone", "/articles/soon-gone"):
                await eventually_gone(client, path)
            assert "Soon gone" not in (await client.get("/")).text

    async def test_a_draft_is_tagged_and_not_kept(self) -> None:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            asked.append(scope["path"])
            headers = {"cache-control": "private, no-cache", VERSION: "7"}
            await Response("a draft", headers=headers)(scope, receive, send)

        asked: list[str] = []
        store = PageStore(100_000)
        store.open()
        transport = httpx.ASGITransport(app=PageCache(answer, store=store))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            first, again = await client.get("/"), await client.get("/")
        assert asked == ["/", "/"]
        assert tag_of(first) == tag_of(again)
        assert tag_of(first).startswith("7-")
        assert VERSION not in first.headers

    async def test_conditional_requests_are_answered_304(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
    ) -> None:
        client, _ = two_clients
        tag = (await client.get("/")).headers["etag"]
        for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            answer = await client.get("/", headers={"if-none-match": sent})
            assert (answer.status_code, answer.content) == (304, b"")
        assert (await client.get("/", headers={"if-none-match": '"other"'})).status_code == 200

    async def test_an_articles_tag_names_its_version_kept_or_not_zipped_or_not(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database
    ) -> None:
        client, _ = two_clients
        first = await publish(own_db, title="Hello", body="Some words. " * 200)
        await publish(own_db, title="Hello", slug="hello", id=first.id, body="Other words. " * 200)
        await eventually_shows(client, f"{ARTICLES}/hello", "Other")
        plain = await kept(client, f"{ARTICLES}/hello")
        zipped = await kept(client, f"{ARTICLES}/hello", "gzip")
        fresh = await client.get(f"{ARTICLES}/hello?unseen=1", headers={"cookie": "other=x"})
        assert zipped.headers["content-encoding"] == "gzip"
        for answer in (plain, zipped, fresh):
            assert tag_of(answer).startswith("2-")
            assert tag_of(answer) == tag_of(plain)
            assert "x-stoa-version" not in answer.headers
            again = await client.get(f"{ARTICLES}/hello", headers={"if-none-match": answer.headers["etag"]})
            assert again.status_code == 304

    async def test_are_not_given_to_callers_with_credentials(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
    ) -> None:
        client, _ = two_clients
        await kept(client, "/")
        assert not is_kept(await client.get("/", headers={"cookie": "stoa_session=x"}))

    async def test_compressed_ones_are_the_same_page(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
    ) -> None:
        client, _ = two_clients
        plain = await kept(client, "/")
        zipped = await kept(client, "/", "gzip")
        assert zipped.headers["content-encoding"] == "gzip"
        assert zipped.text == plain.text
        assert zipped.headers["etag"] != plain.headers["etag"]

    @pytest.mark.parametrize("feed", ["/feed.atom", "/feed.rss", "/feed.json"])
    async def test_feeds_are_compressed_too(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database, feed: str
    ) -> None:
        client, _ = two_clients
        await publish_all(own_db, [{"title": f"Article {number}", "body": "Some words. " * 50} for number in range(9)])
        assert "content-encoding" not in (await kept(client, feed)).headers
        assert (await kept(client, feed, "gzip")).headers["content-encoding"] == "gzip"

    async def test_nothing_is_kept_while_changes_cannot_be_heard(
        self, two_clients: tuple[httpx.AsyncClient, httpx.AsyncClient], own_db: Database
    ) -> None:
        client, _ = two_clients
        await client.get("/")
        async with own_db.reads.connection() as connection:
            listeners = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            assert len(listeners) >= 2
            for row in listeners:
                await connection.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await asyncio.sleep(0.2)
        await publish(own_db, title="Unheard")
        assert "Unheard" in (await client.get("/")).text


class TestStore:
    @staticmethod
    def entry(size: int) -> Entry:
        return Entry([], b"x" * size, b"tag", may_compress=False)

    def test_an_answer_begun_before_a_change_is_not_kept(self) -> None:
        store = PageStore(100_000)
        store.open()
        generation = store.generation
        store.clear()
        store.put(b"/", self.entry(10), generation)
        assert store.get(b"/") is None

    def test_the_oldest_go_when_it_is_full(self) -> None:
        store = PageStore(10_000)
        store.open()
        for name in (b"a", b"b", b"c"):
            store.put(name, self.entry(3_000), store.generation)
        assert store.get(b"a") is None
        assert store.get(b"c") is not None

    def test_keeps_nothing_while_closed(self) -> None:
        store = PageStore(10_000)
        store.put(b"a", self.entry(10), store.generation)
        assert store.get(b"a") is None


class TestDatabaseGone:
    async def test_answers_503_and_recovers_by_itself(
        self, settings: Settings, own_database_url: str, redis_url: str, data_dir: Path
    ) -> None:
        async with running(settings, own_database_url, redis_url, data_dir) as app, client_of(app) as client:
            connection = await asyncpg.connect(own_database_url)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await connection.close()
            answer = await client.get(ARTICLES)
            assert answer.status_code in {200, 503}
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
            assert (await client.get(ARTICLES)).status_code == 200
