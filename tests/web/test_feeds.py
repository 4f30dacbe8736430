"""Feeds as feed readers read them: of the site, of a tag, of an author, in three forms."""

from datetime import UTC, datetime

import feedparser
import httpx
import pytest

from stoa.shared.database import Database
from tests.factories import publish, publish_all

ODD = "Ends ]]> & <b>bold</b> \u0001 café \U0001f40c \u202e"
BODY = "See [the bridge](/articles/bridge), [below](#end) and ![a boat](/media/ab/0123456789abcdef.webp).\n\n## End\n"
FORMS = ("atom", "rss", "json")


@pytest.fixture(params=["", "/tags/rivers", "/authors/ada-lovelace"])
async def place(request: pytest.FixtureRequest, db: Database) -> str:
    """The page whose feed it is; one article has all that is odd."""
    await publish_all(db, [{"title": f"Article {number}", "tags": ["Rivers"]} for number in range(22)])
    odd = {"slug": "odd", "tags": ["Rivers", "A & <b>"], "cover_url": "https://example.org/c.jpg"}
    await publish(db, ODD, BODY, published_at=datetime(2025, 1, 1, tzinfo=UTC), **odd)
    await publish(db, "Members", slug="members", tags=["Rivers"], visibility="members")
    await publish(db, "About", slug="about", tags=["Rivers"], kind="page")
    return str(request.param)


class TestFeeds:
    @pytest.mark.parametrize("form", ["atom", "rss"])
    async def test_are_read_without_a_fault(self, client: httpx.AsyncClient, place: str, form: str) -> None:
        answer = await client.get(f"{place}/feed.{form}")
        read = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
        assert not read.bozo, read.get("bozo_exception")
        assert len(read.entries) == 20
        assert read.entries[0].link == "http://localhost:8000/articles/odd"
        assert not {"Members", "About"} & {entry.title for entry in read.entries}

    async def test_as_json_has_what_json_feed_asks_for(self, client: httpx.AsyncClient, place: str) -> None:
        feed = (await client.get(f"{place}/feed.json")).json()
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["feed_url"] == f"http://localhost:8000{place}/feed.json"
        assert len({item["id"] for item in feed["items"]}) == 20
        assert all(item["url"] and item["content_html"] and item["date_published"] for item in feed["items"])
        assert not {"Members", "About"} & {item["title"] for item in feed["items"]}

    @pytest.mark.parametrize("form", FORMS)
    async def test_addresses_in_the_text_are_whole(self, client: httpx.AsyncClient, place: str, form: str) -> None:
        text = (await client.get(f"{place}/feed.{form}")).text.replace("&quot;", '"').replace('\\"', '"')
        assert 'href="/' not in text
        assert 'src="/' not in text
        assert "/articles/odd#" in text
        assert "http://localhost:8000/media/ab/0123456789abcdef.webp" in text

    @pytest.mark.parametrize("form", FORMS)
    async def test_is_not_sent_twice(self, client: httpx.AsyncClient, place: str, form: str) -> None:
        first = await client.get(f"{place}/feed.{form}")
        again = await client.get(f"{place}/feed.{form}", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_say_what_they_are_of(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "A walk", tags=["Rivers"])
        for place, title in (
            ("", "Stoa"),
            ("/tags/rivers", "Stoa: Rivers"),
            ("/authors/ada-lovelace", "Stoa: Ada Lovelace"),
        ):
            read = feedparser.parse((await client.get(f"{place}/feed.atom")).content)
            assert read.feed.title == title
            assert f'href="{place}/feed.atom"' in (await client.get(place or "/")).text

    async def test_of_what_is_not_there(self, client: httpx.AsyncClient) -> None:
        for place in ("/tags/none/feed.rss", "/authors/nobody/feed.rss", "/feed.xml"):
            assert (await client.get(place)).status_code in {404, 422}
