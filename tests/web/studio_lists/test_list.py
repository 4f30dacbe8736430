"""The list of articles: what is shown to whom, by every filter, and what an empty one says."""

import httpx
import pytest

from tests.people import People
from tests.web.studio import Shown, sent, shown, written


async def titles(client: httpx.AsyncClient, query: str = "") -> set[str]:
    """The articles that the list shows."""
    page = await shown(client, f"/studio{query}")
    return {name for name, url in page.links.items() if url.startswith("/studio/articles/")}


async def places(client: httpx.AsyncClient) -> set[str]:
    """Where the rail leads."""
    rail = (await client.get("/studio")).text.partition('class="tool-rail"')[2].partition("</nav>")[0]
    return {str(attributes["href"]) for name, attributes in Shown(rail).elements if name == "a"}


class TestFilters:
    async def test_every_status_has_its_articles(self, writer: httpx.AsyncClient) -> None:
        for title, act in (("Out", "publish"), ("Drafted", "save"), ("Stored", "publish"), ("Thrown", "save")):
            await written(writer, title=title, act=act)
        await writer.post("/studio/bulk", data={"act": "archive", "slug": "stored"})
        await writer.post("/studio/bulk", data={"act": "delete", "slug": "thrown"})
        assert await titles(writer) == {"Out", "Drafted", "Stored"}
        assert await titles(writer, "?show=published") == {"Out"}
        assert await titles(writer, "?show=draft") == {"Drafted"}
        assert await titles(writer, "?show=archived") == {"Stored"}
        assert await titles(writer, "?show=scheduled") == set()
        assert "Thrown" in (await shown(writer, "/studio?show=deleted")).text

    async def test_by_topic_and_words(self, writer: httpx.AsyncClient) -> None:
        await written(writer, title="Herons", tags="Birds of the river", body="They stand still.")
        await written(writer, title="Otters", tags="Mammals", body="They swim.")
        page = await shown(writer, "/studio")
        assert page.links["Birds of the river"] == "/studio?tag=birds-of-the-river"
        assert await titles(writer, "?tag=birds-of-the-river") == {"Herons"}
        assert await titles(writer, "?tag=Birds+of+the+river") == {"Herons"}
        assert await titles(writer, "?q=swim") == {"Otters"}
        nothing = await shown(writer, "/studio?q=elephants")
        assert "Nothing found" in nothing.text

    async def test_by_kind(self, writer: httpx.AsyncClient) -> None:
        await written(writer, title="Story")
        answer = await writer.post("/api/v1/articles", json={"title": "Imprint", "body": "Who we are.", "kind": "page"})
        assert answer.status_code == 201
        assert await titles(writer, "?kind=page") == {"Imprint"}
        assert await titles(writer, "?kind=article") == {"Story"}
        assert await titles(writer) == {"Imprint", "Story"}

    async def test_in_the_order_asked_for(self, writer: httpx.AsyncClient) -> None:
        for title in ("Beta", "Alpha", "Gamma"):
            await written(writer, title=title)
        page = await shown(writer, "/studio?sort=title")
        assert [name for name in page.links if name in {"Alpha", "Beta", "Gamma"}] == ["Alpha", "Beta", "Gamma"]

    async def test_an_author_s_for_moderators_alone(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient, people: People
    ) -> None:
        other = await people.client("creator", by="cookie", username="bob")
        await written(writer, title="By Ada")
        await written(other, title="By Bob")
        assert await titles(moderator, "?author=ada") == {"By Ada"}
        assert await titles(moderator, "?whose=everybody") == {"By Ada", "By Bob"}
        assert await titles(other, "?author=ada&whose=everybody") == {"By Bob"}

    @pytest.mark.parametrize(
        "query", ["kind=book", "sort=length", "tag=%C2%85", f"q={'x' * 201}", f"tag={'x' * 121}", "count=-1"]
    )
    async def test_refuses_what_cannot_be_asked(self, writer: httpx.AsyncClient, query: str) -> None:
        await shown(writer, f"/studio?{query}", 422)

    async def test_words_that_cannot_be_searched_are_told(self, writer: httpx.AsyncClient) -> None:
        words = "+".join(f"word{number}" for number in range(30))
        assert (await writer.get(f"/studio?q={words}")).status_code == 200


class TestSeveral:
    async def test_each_is_published(self, writer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        for title in ("One", "Two", "Three"):
            await written(writer, title=title)
        answer = await writer.post("/studio/bulk?show=draft", data={"act": "publish", "slug": ["one", "two"]})
        assert answer.headers["location"] == "/studio?show=draft&done=publish&count=2"
        assert "2 published." in (await shown(writer, answer.headers["location"])).text
        assert (await client.get("/api/v1/articles/one")).status_code == 200
        assert (await client.get("/api/v1/articles/three")).status_code == 404

    async def test_what_is_refused_is_told_and_the_rest_done(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient, people: People
    ) -> None:
        other = await people.client("creator", by="cookie")
        await written(other, title="Not mine", act="publish")
        await written(writer, title="Mine", act="publish")
        answer = await writer.post("/studio/bulk", data={"act": "unpublish", "slug": ["mine", "not-mine", "nowhere"]})
        assert answer.status_code == 200
        assert "1 done, 2 refused" in answer.text
        assert "somebody else&#39;s" in answer.text
        assert (await client.get("/api/v1/articles/mine")).status_code == 404
        assert (await client.get("/api/v1/articles/not-mine")).status_code == 200

    async def test_a_topic_is_added_to_those_there_are(self, writer: httpx.AsyncClient) -> None:
        await written(writer, title="One", tags="Old")
        await written(writer, title="Two")
        answer = await writer.post("/studio/bulk", data={"act": "tag", "tag": "New one", "slug": ["one", "two"]})
        assert answer.status_code == 303
        assert (await writer.get("/api/v1/articles/one")).json()["tags"] == ["new-one", "old"]
        assert (await writer.get("/api/v1/articles/two")).json()["tags"] == ["new-one"]

    async def test_there_and_back_from_the_bin(self, writer: httpx.AsyncClient) -> None:
        await written(writer, title="One")
        await written(writer, title="Two")
        await writer.post("/studio/bulk", data={"act": "delete", "slug": ["one", "two"]})
        assert await titles(writer) == set()
        await writer.post("/studio/bulk?show=deleted", data={"act": "restore", "slug": "one"})
        await writer.post("/studio/bulk?show=deleted", data={"restore": "two"})
        assert await titles(writer) == {"One", "Two"}

    @pytest.mark.parametrize(
        "fields",
        [
            {"act": "publish"},
            {"act": "tag", "slug": "one"},
            {"act": "tag", "tag": "a,b", "slug": "one"},
            {"act": "burn", "slug": "one"},
            {"act": "publish", "slug": [str(number) for number in range(101)]},
            {"act": "publish", "slug": "one", "other": "x"},
        ],
    )
    async def test_a_form_that_cannot_be_is_refused(
        self, writer: httpx.AsyncClient, fields: dict[str, str | list[str]]
    ) -> None:
        await written(writer, title="One")
        assert (await writer.post("/studio/bulk", data=fields)).status_code in {400, 422}
        assert (await writer.get("/api/v1/articles/one")).json()["status"] == "draft"

    async def test_who_may_not_publish_is_told(self, writer: httpx.AsyncClient, people: People) -> None:
        await written(writer, title="Mine", act="publish")
        reader = await people.client("viewer", by="cookie")
        assert (await reader.post("/studio/bulk", data={"act": "delete", "slug": "mine"})).status_code == 403

    async def test_titles_are_text(self, writer: httpx.AsyncClient) -> None:
        await sent(writer, "/studio/new", title="<script>alert(1)</script>", slug="hostile", tags="<b>bold</b>")
        answer = await writer.get("/studio")
        assert "<script>alert" not in answer.text
        assert "<b>bold" not in answer.text


class TestRail:
    async def test_shows_only_where_one_may_go(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        own, keeper = {"/studio", "/studio/new", "/studio/calendar", "/studio/comments"}, "/studio/tags"
        assert await places(writer) == own
        assert await places(moderator) == own | {keeper}
        assert await places(admin) == own | {keeper, "/studio/import"}
