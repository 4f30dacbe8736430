"""Saves, moves and workers at the same moment, with real commits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.modules.content.articles.scheduling import publish_due
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.content.articles.calls import ARTICLES, act, change, revisions, schedule, slugs, write
from tests.events.engine import until
from tests.people import People
from tests.running_site import served

SOON = utc_now() + timedelta(days=1)


@pytest.fixture
async def process(settings: Settings, own_database_url: str, redis_url: str, data_dir: Path) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=data_dir)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def writer(process: FastAPI) -> httpx.AsyncClient:
    return await People(process).client("creator")


@pytest.fixture
def database(process: FastAPI) -> Database:
    found: Database = process.state.database
    return found


async def due(database: Database) -> int:
    return await database.transact(lambda session: publish_due(session, SOON + timedelta(days=1)))


async def recorded(url: str, kind: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM event_log WHERE type = $1", kind))
    finally:
        await connection.close()


async def statuses(*asked: Awaitable[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in await asyncio.gather(*asked))


class TestScheduledPublishing:
    async def test_each_goes_out_once_with_several_workers(
        self, writer: httpx.AsyncClient, database: Database, own_database_url: str
    ) -> None:
        for number in range(8):
            await write(writer, slug=f"a-{number}", tags=["x"])
            await schedule(writer, f"a-{number}", SOON.isoformat())
        assert sum(await asyncio.gather(*(due(database) for _ in range(4)))) + await due(database) == 8
        assert await recorded(own_database_url, "article.published") == 8
        assert len(await slugs(writer)) == 8
        assert (await writer.get("/api/v1/tags/x")).json()["article_count"] == 8

    async def test_one_that_somebody_is_changing_waits(
        self, writer: httpx.AsyncClient, database: Database, own_database_url: str
    ) -> None:
        for slug in ("held", "free"):
            await write(writer, slug=slug)
            await schedule(writer, slug, SOON.isoformat())
        holder = await asyncpg.connect(own_database_url)
        async with holder.transaction():
            await holder.execute("SELECT FROM articles WHERE slug = 'held' FOR UPDATE")
            assert await due(database) == 1
            assert await slugs(writer) == ["free"]
        await holder.close()
        assert await due(database) == 1

    async def test_called_off_at_the_last_moment_is_either_out_or_a_draft(
        self, writer: httpx.AsyncClient, database: Database, own_database_url: str
    ) -> None:
        for number in range(5):
            slug = f"a-{number}"
            await write(writer, slug=slug)
            await schedule(writer, slug, SOON.isoformat())
            await asyncio.gather(due(database), act(writer, slug, "unpublish"))
            await due(database)
            assert (await writer.get(f"{ARTICLES}/{slug}")).json()["status"] == "draft"
        told = await recorded(own_database_url, "article.published")
        assert told == await recorded(own_database_url, "article.unpublished")

    async def test_what_became_due_while_nothing_ran_goes_out_at_once(
        self, writer: httpx.AsyncClient, own_database_url: str, redis_url: str, tmp_path: Path
    ) -> None:
        await write(writer, slug="mine")
        await schedule(writer, "mine", SOON.isoformat())
        connection = await asyncpg.connect(own_database_url)
        await connection.execute("UPDATE articles SET publish_at = now() - interval '2 hours'")
        try:
            with served(own_database_url, redis_url, tmp_path, with_worker=True) as site:
                async with httpx.AsyncClient(base_url=site) as reader:

                    async def is_out() -> bool:
                        return (await reader.get(f"{ARTICLES}/mine")).status_code == 200

                    await until(is_out, "the article is out")
            row = await connection.fetchrow("SELECT published_at < now() - interval '1 hour', publish_at FROM articles")
            assert tuple(row) == (True, None)
            assert await recorded(own_database_url, "article.published") == 1
        finally:
            await connection.close()


class TestTwoAtOnce:
    async def test_of_two_saves_one_is_told_and_none_is_lost(self, writer: httpx.AsyncClient) -> None:
        await write(writer, slug="mine")
        for number in range(5):
            tag = (await writer.get(f"{ARTICLES}/mine")).headers["etag"]
            saves = (
                writer.patch(f"{ARTICLES}/mine", json={"title": f"{number} {name}"}, headers={"if-match": tag})
                for name in "ab"
            )
            assert await statuses(*saves) == [200, 412]
        found = await revisions(writer, "mine")
        assert [item["number"] for item in found] == [6, 5, 4, 3, 2, 1]
        assert found[0]["title"] == (await writer.get(f"{ARTICLES}/mine")).json()["title"]

    async def test_a_save_and_a_restore(self, writer: httpx.AsyncClient) -> None:
        await write(writer, slug="mine")
        await change(writer, "mine", title="Second")
        tag = {"if-match": (await writer.get(f"{ARTICLES}/mine")).headers["etag"]}
        both = (
            writer.patch(f"{ARTICLES}/mine", json={"title": "Third"}, headers=tag),
            writer.post(f"{ARTICLES}/mine/revisions/1/restore", headers=tag),
        )
        assert await statuses(*both) == [200, 412]
        assert len(await revisions(writer, "mine")) == 3

    async def test_saves_of_any_version_are_all_kept_in_a_row(self, writer: httpx.AsyncClient) -> None:
        await write(writer, slug="mine")
        await asyncio.gather(*(change(writer, "mine", title=f"Title {number}") for number in range(4)))
        found = await revisions(writer, "mine")
        assert [item["number"] for item in found] == [5, 4, 3, 2, 1]
        assert {item["title"] for item in found} == {"A title", *(f"Title {number}" for number in range(4))}

    async def test_publishing_and_scheduling_end_in_one_of_both(
        self, writer: httpx.AsyncClient, own_database_url: str
    ) -> None:
        for number in range(5):
            slug = f"a-{number}"
            await write(writer, slug=slug)
            when = {"publish_at": SOON.isoformat()}
            answered = await statuses(
                writer.post(f"{ARTICLES}/{slug}/schedule", json=when), writer.post(f"{ARTICLES}/{slug}/publish")
            )
            assert answered in ([200, 200], [200, 409])
            now = (await writer.get(f"{ARTICLES}/{slug}")).json()
            assert now["status"] == "published"
        assert await recorded(own_database_url, "article.published") == 5
