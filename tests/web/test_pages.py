"""The pages as a visitor without JavaScript gets them."""

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from stoa.shared.database import Database
from stoa.shared.openapi import OTHERS_FORMAT
from tests.factories import LONG_AGO, publish, publish_all

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Outline(HTMLParser):
    """Headings, links and images of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings: list[str] = []
        self._heading = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        self._heading = tag in {"h1", "h2"} or (self._heading and tag in {"a", "span"})

    def handle_data(self, data: str) -> None:
        if self._heading and data.strip():
            self.headings.append(data.strip())


async def outline(client: httpx.AsyncClient, path: str, status: int = 200) -> Outline:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Outline(answer.text)


def statements(answer: httpx.Response) -> int:
    return int(answer.headers["server-timing"].partition('desc="')[2].partition(" ")[0])


class TestHome:
    async def test_leads_to_the_newest_articles_and_topics(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": f"Article {n}", "tags": ["Birds"]} for n in range(15)])
        page = await outline(client, "/")
        assert [link for link in dict.fromkeys(page.links) if link.startswith("/articles/")] == [
            f"/articles/article-{n}" for n in range(14, 1, -1)
        ]
        assert "/tags/birds" in page.links
        assert "/?page=2" in page.links
        second = await outline(client, "/?page=2")
        assert [link for link in dict.fromkeys(second.links) if link.startswith("/articles/")] == [
            "/articles/article-1",
            "/articles/article-0",
        ]

    async def test_an_empty_site_says_what_to_do_next(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert "stoa import" in answer.text

    @pytest.mark.parametrize("page", ["2", "833"])
    async def test_behind_the_last_page_is_nothing(self, client: httpx.AsyncClient, page: str) -> None:
        await outline(client, f"/?page={page}", 404)

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999"])
    async def test_a_page_that_cannot_be_is_refused(self, client: httpx.AsyncClient, page: str) -> None:
        await outline(client, f"/?page={page}", 422)


class TestArticle:
    async def test_shows_the_text_its_tags_author_and_related(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"title": "Near", "tags": ["a", "b"]},
                {"title": "Nearer", "tags": ["a", "b", "c"]},
                {"title": "Far", "tags": ["z"]},
                {"title": "The one", "tags": ["a", "b", "c"], "body": "## Part\n\nWords *here*.", "summary": "A lead."},
            ],
        )
        answer = await client.get("/articles/the-one")
        page = Outline(answer.text)
        assert page.headings[0] == "The one"
        assert "<em>here</em>" in answer.text
        assert "A lead." in answer.text
        assert {"/tags/a", "/tags/b", "/tags/c", "/authors/ada-lovelace"} <= set(page.links)
        articles = [link for link in dict.fromkeys(page.links) if link.startswith("/articles/")]
        related = [link for link in articles if "the-one" not in link]
        assert related == ["/articles/nearer", "/articles/near"]
        assert statements(answer) <= 5

    async def test_says_what_it_is_to_other_programs(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, title="It & <b>", slug="it", cover_url="/media/ab/abcdef0123.png")
        html = (await client.get("/articles/it")).text
        assert '<link rel="canonical" href="http://localhost:8000/articles/it">' in html
        assert '<meta property="og:title" content="It &amp; &lt;b&gt;">' in html
        assert '"@type":"BlogPosting"' in html
        assert "http://localhost:8000/media/ab/abcdef0123.png" in html
        assert "<b>" not in html

    async def test_an_old_address_leads_to_it(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, title="Moved here", slug="moved", redirects_from=["/2019/05/moved.html", "/old/moved/"])
        for path in ("/2019/05/moved.html", "/old/moved/", "/old/moved"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (301, "/articles/moved")

    async def test_an_unknown_one_is_a_404_page_with_a_way_on(self, client: httpx.AsyncClient) -> None:
        page = await outline(client, "/articles/nothing", 404)
        assert "/" in page.links


class TestTopics:
    async def test_every_topic_with_articles_is_listed(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"tags": ["Birds", "Äpfel"]}, {"tags": ["hidden"], "status": "draft"}])
        page = await outline(client, "/tags")
        assert [link for link in page.links if link.startswith("/tags/")] == ["/tags/apfel", "/tags/birds"]

    async def test_a_topic_lists_its_articles(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "One", "tags": ["Birds"]}, {"title": "Two"}])
        page = await outline(client, "/tags/birds")
        assert "/articles/one" in page.links
        assert "/articles/two" not in page.links
        await outline(client, "/tags/nothing", 404)

    async def test_an_author_has_a_page(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "One"}, {"title": "Two", "author": "Grace Hopper"}])
        page = await outline(client, "/authors/grace-hopper")
        assert page.headings[0] == "Grace Hopper"
        assert "/articles/two" in page.links
        assert "/articles/one" not in page.links
        await outline(client, "/authors/nobody", 404)


class TestSearchPage:
    async def test_finds_and_marks_the_words(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "Herons", "body": "A grey heron <b>stood</b> still."}, {"title": "Other"}])
        answer = await client.get("/search", params={"q": "heron"})
        assert "/articles/herons" in Outline(answer.text).links
        assert "/articles/other" not in Outline(answer.text).links
        assert "<mark>" in answer.text
        assert statements(answer) <= 5

    @pytest.mark.parametrize("words", ["", "  ", "nothingatall", '"', "-", "or", "&|!()", "<script>alert(1)</script>"])
    async def test_anything_may_be_asked(self, client: httpx.AsyncClient, db: Database, words: str) -> None:
        await publish(db)
        answer = await client.get("/search", params={"q": words})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text

    async def test_a_filter_by_an_unknown_topic_is_not_an_error_of_ours(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/search", params={"q": "x", "tag": "nothing", "author": "nobody"})
        assert answer.status_code == 200


class TestFeeds:
    async def test_atom_holds_the_newest_20_whole(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": f"Nr {n} & <co>", "slug": f"nr-{n}", "tags": ["x"]} for n in range(22)])
        answer = await client.get("/feed.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = ET.fromstring(answer.content)
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == 20
        first = entries[0]
        assert first.findtext(f"{ATOM}title") == "Nr 21 & <co>"
        assert first.findtext(f"{ATOM}content") == "<p>Some words.</p>\n"
        assert first.findtext(f"{ATOM}author/{ATOM}name") == "Ada Lovelace"
        link = first.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href") == "http://localhost:8000/articles/nr-21"
        assert feed.findtext(f"{ATOM}updated") == "2024-01-02T09:00:00+00:00"

    async def test_rss_and_json_hold_the_same(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, title="One & <two>", slug="one", tags=["x"])
        rss = ET.fromstring((await client.get("/feed.rss")).content)
        assert rss.findtext("channel/item/title") == "One & <two>"
        assert rss.findtext("channel/item/link") == "http://localhost:8000/articles/one"
        assert rss.findtext("channel/item/pubDate") == "Mon, 01 Jan 2024 12:00:00 +0000"
        feed = (await client.get("/feed.json")).json()
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert [(item["title"], item["content_html"]) for item in feed["items"]] == [
            ("One & <two>", "<p>Some words.</p>\n")
        ]

    async def test_an_empty_site_has_a_feed_too(self, client: httpx.AsyncClient) -> None:
        feed = ET.fromstring((await client.get("/feed.atom")).content)
        assert feed.findall(f"{ATOM}entry") == []

    async def test_the_sitemap_names_public_articles(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "Shown"}, {"title": "Hidden", "status": "draft"}])
        index = ET.fromstring((await client.get("/sitemap.xml")).content)
        part = index.findtext(f"{SITEMAP}sitemap/{SITEMAP}loc") or ""
        sitemap = ET.fromstring((await client.get(part)).content)
        assert [loc.text for loc in sitemap.iter(f"{SITEMAP}loc")] == ["http://localhost:8000/articles/shown"]
        await publish(db, title="Later", published_at=LONG_AGO, updated_at=LONG_AGO)
        sitemap = ET.fromstring((await client.get(part)).content)
        assert len(list(sitemap.iter(f"{SITEMAP}loc"))) == 2

    async def test_robots_are_told_where_the_sitemap_is(self, client: httpx.AsyncClient) -> None:
        assert "Sitemap: http://localhost:8000/sitemap.xml" in (await client.get("/robots.txt")).text


class TestFiles:
    async def test_static_files_are_kept_for_ever_under_their_hash(self, client: httpx.AsyncClient) -> None:
        html = (await client.get("/")).text
        address = html.partition('rel="stylesheet" href="')[2].partition('"')[0]
        answer = await client.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = await client.get(address, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize("path", ["/static/nothing.css", "/static/..%2fcontexts.py", "/media/ab/../../x.png",
                                      "/media/ab/0123456789abcdef.svg", "/media/ab/0123456789abcdef.png",
                                      "/media/..%2f..%2foperator-token"])  # fmt: skip
    async def test_nothing_else_is_served(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path)).status_code == 404


class TestDocs:
    async def test_need_no_outside_request(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/docs")
        assert answer.status_code == 200
        assert "http" not in answer.text.replace("http-equiv", "")
        assert (await client.get("/docs/swagger-ui-bundle.js")).status_code == 200
        assert (await client.get("/docs/nothing.js")).status_code == 404

    async def test_describe_every_fault_as_a_problem(self, client: httpx.AsyncClient) -> None:
        document: dict[str, Any] = (await client.get("/openapi.json")).json()
        schemas = document["components"]["schemas"]
        assert "HTTPValidationError" not in schemas
        for address, path in document["paths"].items():
            for operation in path.values():
                assert operation["x-permission"]
                if address.startswith(OTHERS_FORMAT):
                    continue
                for status, response in operation["responses"].items():
                    if status[0] in "45":
                        assert list(response["content"]) == ["application/problem+json"]

    async def test_every_input_has_a_bound(self, client: httpx.AsyncClient) -> None:
        document: dict[str, Any] = (await client.get("/openapi.json")).json()
        unbound = [
            f"{method} {path} {parameter['name']}"
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
            for parameter in operation.get("parameters", [])
            if not _bounded(parameter["schema"])
        ]
        assert unbound == []


def _bounded(schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return all(_bounded(part) for part in schema["anyOf"])
    match schema.get("type"):
        case "string":
            return bool({"maxLength", "enum", "const", "format"} & set(schema))
        case "integer" | "number":
            return "maximum" in schema
        case "array":
            return "maxItems" in schema and _bounded(schema["items"])
    return True
