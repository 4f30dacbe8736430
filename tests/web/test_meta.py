"""What the head of each public page tells search engines and other sites."""

import json
from html.parser import HTMLParser
from typing import Any

import httpx

from stoa.shared.database import Database
from tests.factories import publish, publish_all
from tests.people import People

SITE = "http://localhost:8000"
COVER = "/media/ab/abcdef0123456789-1200x800.jpg"


class Head(HTMLParser):
    """What stands in the head: properties, links of one kind each, and the data block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.told: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.blocks: list[Any] = []
        self._is_data = False
        self.feed(html.partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in given:
            self.told.setdefault(given.get("property") or given["name"], []).append(given["content"])
        elif tag == "link":
            self.links[given["rel"]] = given["href"]
        self._is_data = given.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._is_data and data.strip():
            self.blocks.append(json.loads(data))
            self._is_data = False

    def one(self, name: str) -> str:
        assert len(self.told[name]) == 1
        return self.told[name][0]

    @property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """The parts of the one graph, by their types."""
        (block,) = self.blocks
        assert block["@context"] == "https://schema.org"
        return {node["@type"]: node for node in block["@graph"]}

    @property
    def way(self) -> list[tuple[str, str]]:
        steps = self.nodes["BreadcrumbList"]["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        return [(step["name"], step["item"].removeprefix(SITE)) for step in steps]


async def head(client: httpx.AsyncClient, path: str) -> Head:
    answer = await client.get(path)
    assert answer.status_code == 200
    return Head(answer.text)


class TestArticle:
    async def test_is_told_as_a_posting_with_the_way_to_it(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "A walk </script>", slug="walk", tags=["Rivers"], cover_url=COVER, cover_alt="A boat")
        told = await head(client, "/articles/walk")
        post = told.nodes["BlogPosting"]
        assert post["headline"] == "A walk </script>"
        assert post["author"]["url"] == f"{SITE}/authors/ada-lovelace"
        assert post["image"] == SITE + COVER
        assert post["mainEntityOfPage"] == f"{SITE}/articles/walk"
        assert post["datePublished"].startswith("2024-01-01T12:00:00")
        assert post["keywords"] == ["Rivers"]
        assert told.way == [("Stoa", "/"), ("Rivers", "/tags/rivers"), ("A walk </script>", "/articles/walk")]

    async def test_is_shown_with_its_picture_elsewhere(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "A walk", "By **train**.", slug="walk", tags=["Rivers", "Lakes"], cover_url=COVER)
        told = await head(client, "/articles/walk")
        assert told.one("og:type") == "article"
        assert (told.one("og:title"), told.one("og:description")) == ("A walk", "By train.")
        assert told.one("og:url") == told.links["canonical"] == f"{SITE}/articles/walk"
        assert told.one("og:image") == SITE + COVER
        assert (told.one("og:image:width"), told.one("og:image:height")) == ("1200", "800")
        assert told.one("twitter:card") == "summary_large_image"
        assert sorted(told.told["article:tag"]) == ["Lakes", "Rivers"]
        assert told.one("article:published_time").startswith("2024-01-01T12:00:00")

    async def test_a_page_is_no_posting(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "About", slug="about", kind="page", tags=["Rivers"])
        told = await head(client, "/articles/about")
        assert "BlogPosting" not in told.nodes
        assert told.nodes["Article"]["headline"] == "About"
        assert told.way == [("Stoa", "/"), ("About", "/articles/about")]


class TestLists:
    async def test_home_is_the_site_and_how_it_is_searched(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "The heron", "A grey bird.", cover_url=COVER)
        told = await head(client, "/")
        site = told.nodes["WebSite"]
        assert (site["name"], site["url"]) == ("Stoa", f"{SITE}/")
        template = site["potentialAction"]["target"]["urlTemplate"]
        assert template.startswith(f"{SITE}/search?")
        found = await client.get(template.replace("{search_term_string}", "heron"))
        assert "/articles/the-heron" in found.text
        shown = told.nodes["CollectionPage"]["mainEntity"]["itemListElement"]
        assert [(item["position"], item["url"]) for item in shown] == [(1, f"{SITE}/articles/the-heron")]
        assert (told.one("og:type"), told.one("og:title"), told.one("og:url")) == ("website", "Stoa", f"{SITE}/")
        assert told.one("og:image") == SITE + COVER

    async def test_a_tag_is_a_collection(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": "One", "tags": ["Rivers"]}, {"title": "Two", "tags": ["Rivers"]}])
        told = await head(client, "/tags/rivers")
        page = told.nodes["CollectionPage"]
        assert (page["name"], page["url"]) == ("Rivers", f"{SITE}/tags/rivers")
        urls = [item["url"] for item in page["mainEntity"]["itemListElement"]]
        assert urls == [f"{SITE}/articles/two", f"{SITE}/articles/one"]
        assert told.way == [("Stoa", "/"), ("Topics", "/tags"), ("Rivers", "/tags/rivers")]
        assert (await head(client, "/tags")).way == [("Stoa", "/"), ("Topics", "/tags")]

    async def test_an_author_is_a_person(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "One", author="Grace Hopper")
        told = await head(client, "/authors/grace-hopper")
        person = told.nodes["ProfilePage"]["mainEntity"]
        assert (person["@type"], person["name"], person["alternateName"]) == ("Person", "Grace Hopper", "grace-hopper")
        assert "sameAs" not in person
        assert (told.one("og:type"), told.one("profile:username")) == ("profile", "grace-hopper")
        assert told.way == [("Stoa", "/"), ("Grace Hopper", "/authors/grace-hopper")]

    async def test_an_author_is_found_elsewhere_too(self, people: People) -> None:
        person = await people.person("viewer")
        client = await people.client_of(person)
        changed = {
            "display_name": "Ada",
            "website": "https://ada.example/",
            "social_links": ["https://social.example/@ada"],
        }
        assert (await client.put("/api/v1/users/me", json=changed)).is_success
        told = await head(client, f"/authors/{person.username}")
        same = told.nodes["ProfilePage"]["mainEntity"]["sameAs"]
        assert same == ["https://ada.example/", "https://social.example/@ada"]

    async def test_pages_of_a_list_know_each_other(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"title": f"Article {number}", "tags": ["Rivers"]} for number in range(30)])
        for path in ("/", "/tags/rivers", "/authors/ada-lovelace"):
            first, second, third = [await head(client, f"{path}?page={number}") for number in (1, 2, 3)]
            whole = SITE + path
            assert (first.links["canonical"], first.links.get("prev")) == (whole, None)
            assert first.links["next"] == second.links["canonical"] == f"{whole}?page=2"
            assert (second.links["prev"], second.links["next"]) == (whole, f"{whole}?page=3")
            assert "next" not in third.links
            assert second.one("og:url") == f"{whole}?page=2"
            assert second.one("og:title") != third.one("og:title")

    async def test_no_page_runs_a_script_of_its_own(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, "One", tags=["Rivers"])
        for path in ("/", "/tags", "/tags/rivers", "/authors/ada-lovelace", "/articles/one"):
            policy = (await client.get(path)).headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert len((await head(client, path)).blocks) == 1
