"""Sitemaps as search engines read them: an index, and in it articles, tags and authors."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import httpx

from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from tests.factories import publish
from tests.people import People

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://localhost:8000"
NEWER = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


async def named(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """The addresses of a sitemap, without the site's own, and their times of change."""
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    urls = ET.fromstring(answer.content).iter(f"{SITEMAP}url")
    found = {url.findtext(f"{SITEMAP}loc", ""): url.findtext(f"{SITEMAP}lastmod", "") for url in urls}
    assert all(address.startswith(f"{SITE}/") for address in found)
    return {address.removeprefix(SITE): changed for address, changed in found.items()}


async def publish_some(db: Database) -> None:
    await publish(db, "One", tags=["Rivers", "Über uns"])
    await publish(db, "Two", tags=["Rivers"], updated_at=NEWER)
    await publish(db, "Draft", tags=["Hidden"], author="Charles", status="draft", published_at=None)
    await publish(db, "Members", tags=["Closed"], author="Mary", visibility="members")
    await publish(db, "About", slug="about", tags=["Paged"], author="Emmy", kind="page")


class TestSitemaps:
    async def test_the_index_names_every_sitemap_and_robots_the_index(
        self, client: httpx.AsyncClient, db: Database
    ) -> None:
        await publish_some(db)
        index = ET.fromstring((await client.get("/sitemap.xml")).content)
        parts = [loc.text or "" for loc in index.iter(f"{SITEMAP}loc")]
        assert parts == [f"{SITE}/sitemap-{name}.xml" for name in ("1", "tags", "authors")]
        rules = (await client.get("/robots.txt")).text.splitlines()
        assert f"Sitemap: {SITE}/sitemap.xml" in rules
        closed = [line.removeprefix("Disallow: ") for line in rules if line.startswith("Disallow: ")]
        for part in parts:
            for path in await named(client, part):
                assert not path.startswith(tuple(closed))
                assert (await client.get(path)).status_code == 200

    async def test_articles_and_pages_are_named(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_some(db)
        assert set(await named(client, "/sitemap-1.xml")) == {"/articles/one", "/articles/two", "/articles/about"}

    async def test_tags_with_articles_are_named(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_some(db)
        found = await named(client, "/sitemap-tags.xml")
        assert set(found) == {"/tags/rivers", "/tags/uber-uns"}
        assert found["/tags/rivers"] == "2025-06-01T09:30:00+00:00"
        assert found["/tags/uber-uns"] == "2024-01-01T12:00:00+00:00"

    async def test_a_renamed_and_a_deleted_tag(self, client: httpx.AsyncClient, db: Database, people: People) -> None:
        await publish_some(db)
        assert "/tags/rivers" in await named(client, "/sitemap-tags.xml")
        admin = await people.client("admin")
        assert (await admin.patch("/api/v1/tags/rivers", json={"name": "Streams", "slug": "streams"})).is_success
        assert set(await named(client, "/sitemap-tags.xml")) == {"/tags/streams", "/tags/uber-uns"}
        assert (await admin.delete("/api/v1/tags/streams")).is_success
        assert set(await named(client, "/sitemap-tags.xml")) == {"/tags/uber-uns"}

    async def test_authors_with_articles_are_named(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_some(db)
        found = await named(client, "/sitemap-authors.xml")
        assert found == {"/authors/ada-lovelace": "2025-06-01T09:30:00+00:00"}
        await publish(db, "Three", author="Grace Hopper")
        assert set(await named(client, "/sitemap-authors.xml")) == {"/authors/ada-lovelace", "/authors/grace-hopper"}

    async def test_an_erased_author_is_not_named(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "One", author="Mary Shelley")
        await publish(db, "Two")
        async with db.unit_of_work() as session:
            users = UserService(session)
            await users.anonymise((await users.ensure_author("Mary Shelley")).id)
        assert set(await named(client, "/sitemap-authors.xml")) == {"/authors/ada-lovelace"}

    async def test_is_not_sent_twice(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_some(db)
        for name in ("1", "tags", "authors"):
            first = await client.get(f"/sitemap-{name}.xml")
            again = await client.get(f"/sitemap-{name}.xml", headers={"if-none-match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")

    async def test_there_is_no_other(self, client: httpx.AsyncClient) -> None:
        for name in ("0", "10001", "people"):
            assert (await client.get(f"/sitemap-{name}.xml")).status_code in {400, 404, 422}
