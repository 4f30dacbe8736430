"""What readers see of an article as it is written, published, withdrawn, deleted and brought back."""

from typing import Any

import httpx
import pytest

from tests.content.articles.calls import (
    ARTICLES,
    act,
    assert_problem,
    change,
    delete,
    slugs,
    write,
    write_and_publish,
)

WORD = "quetzalcoatl"


async def counts(client: httpx.AsyncClient) -> dict[str, int]:
    answer = await client.get("/api/v1/tags")
    return {tag["slug"]: tag["article_count"] for tag in answer.json()["items"]}


async def places_that_show_it(client: httpx.AsyncClient, slug: str) -> set[str]:
    """Where everybody meets the article `slug`, which holds WORD, carries the tag `x` and is by the only author."""
    shown = set()
    for place, path in {
        "page": f"/articles/{slug}",
        "one": f"{ARTICLES}/{slug}",
        "list": ARTICLES,
        "tag list": "/api/v1/tags/x/articles",
        "title list": f"{ARTICLES}?sort=title",
        "search": f"{ARTICLES}?search={WORD}",
        "search page": f"/search?q={WORD}",
        "home": "/",
        "tag page": "/tags/x",
        "feed": "/feed.atom",
        "rss": "/feed.rss",
        "json feed": "/feed.json",
        "sitemap": "/sitemap-1.xml",
        "related": "/articles/neighbour",
    }.items():
        answer = await client.get(path)
        if answer.status_code == 200 and (f"articles/{slug}" in answer.text or f'"{slug}"' in answer.text):
            shown.add(place)
    return shown


EVERYWHERE = {
    "page", "one", "list", "tag list", "title list", "search", "search page", "home", "tag page", "feed", "rss",
    "json feed", "sitemap", "related",
}  # fmt: skip


class TestWhatReadersSee:
    async def test_follows_every_step(self, client: httpx.AsyncClient, author: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="neighbour", tags=["x"])
        await write(author, slug="mine", title=f"About {WORD}", tags=["x", "y"])
        assert await places_that_show_it(client, "mine") == set()
        assert await counts(client) == {"x": 1, "y": 0}
        for back in ("unpublish", "delete"):
            await act(author, "mine", "publish")
            assert await places_that_show_it(client, "mine") == EVERYWHERE
            assert await counts(client) == {"x": 2, "y": 1}
            await (delete(author, "mine") if back == "delete" else act(author, "mine", back))
            assert await places_that_show_it(client, "mine") == set()
            assert await counts(client) == {"x": 1, "y": 0}
        assert (await act(author, "mine", "restore"))["status"] == "draft"
        assert await places_that_show_it(client, "mine") == set()
        assert await counts(client) == {"x": 1, "y": 0}
        await act(author, "mine", "publish")
        assert await places_that_show_it(client, "mine") == EVERYWHERE
        assert await counts(client) == {"x": 2, "y": 1}

    async def test_a_members_text_is_shown_to_its_author_only(
        self, client: httpx.AsyncClient, author: httpx.AsyncClient, viewer: httpx.AsyncClient
    ) -> None:
        await write_and_publish(author, slug="neighbour", tags=["x"])
        await write_and_publish(author, slug="mine", title=f"About {WORD}", tags=["x"], visibility="members")
        for reader in (client, viewer):
            assert await places_that_show_it(reader, "mine") == set()
        assert (await author.get(f"{ARTICLES}/mine")).status_code == 200

    async def test_a_changed_text_is_found_by_its_new_words(
        self, client: httpx.AsyncClient, author: httpx.AsyncClient
    ) -> None:
        await write_and_publish(author, slug="mine", body=f"About {WORD}.")
        await change(author, "mine", body="About serpents.")
        assert await slugs(client, search=WORD) == []
        assert await slugs(client, search="serpents") == ["mine"]

    async def test_new_tags_are_counted(self, client: httpx.AsyncClient, author: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine", tags=["x", "y"])
        await change(author, "mine", tags=["y", "z"])
        assert await counts(client) == {"x": 0, "y": 1, "z": 1}


class TestPublish:
    async def test_is_said_once_and_stays(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        first = await act(author, "mine", "publish")
        assert (first["status"], first["version"]) == ("published", 2)
        assert first["published_at"]
        assert await act(author, "mine", "publish") == first
        draft = await act(author, "mine", "unpublish")
        assert (draft["status"], draft["published_at"]) == ("draft", first["published_at"])
        assert await act(author, "mine", "unpublish") == draft
        assert (await act(author, "mine", "publish"))["published_at"] == first["published_at"]

    async def test_keeps_the_text_and_all_fields(self, author: httpx.AsyncClient) -> None:
        before = await write(author, slug="mine", excerpt="By hand.", summary="S", tags=["x"], language="de")
        after = await act(author, "mine", "publish")
        assert {name for name in before if before[name] != after.get(name)} == {
            "status", "published_at", "updated_at", "version",
        }  # fmt: skip


class TestBin:
    async def test_holds_the_article_for_its_author(self, client: httpx.AsyncClient, author: httpx.AsyncClient) -> None:
        before = await write_and_publish(author, slug="mine", tags=["x"])
        await delete(author, "mine")
        for reader in (client, author):
            assert_problem(await reader.get(f"{ARTICLES}/mine"), 404)
        assert await slugs(author, status="all") == []
        assert await slugs(author, status="deleted") == ["mine"]
        for reader, status in ((client, "published"), (author, "all")):
            found = await reader.get(ARTICLES, params={"status": status, "search": "words", "count": "true"})
            assert (found.json()["items"], found.json()["total"]) == ([], 0)
        for call in ("publish", "unpublish"):
            assert_problem(await author.post(f"{ARTICLES}/mine/{call}"), 404)
        assert_problem(await author.delete(f"{ARTICLES}/mine"), 404)
        back = await act(author, "mine", "restore")
        assert {name for name in before if before[name] != back[name]} == {"status", "updated_at", "version"}
        assert await act(author, "mine", "restore") == back
        assert await slugs(author, status="all", search="words") == ["mine"]

    async def test_keeps_the_addresses_reserved(self, author: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        await write(author, slug="first")
        await change(author, "first", slug="second")
        await delete(author, "second")
        for slug in ("first", "second"):
            assert_problem(await other.post(ARTICLES, json={"title": "T", "body": "", "slug": slug}), 409)
        assert (await act(author, "first", "restore"))["slug"] == "second"


class TestOwnList:
    @pytest.fixture
    async def written(self, author: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
        await write(author, slug="draft", tags=["x"])
        await write_and_publish(author, slug="shown", tags=["x"])
        await write_and_publish(author, slug="members", visibility="members")
        await write(author, slug="binned")
        await delete(author, "binned")
        await write(other, slug="theirs")

    @pytest.mark.usefixtures("written")
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"status": "draft"}, ["draft"]),
            ({"status": "archived"}, []),
            ({"status": "scheduled"}, []),
            ({"status": "deleted"}, ["binned"]),
            ({"status": "all"}, ["members", "shown", "draft"]),
            ({"status": "all", "order": "asc"}, ["draft", "shown", "members"]),
            ({"status": "all", "sort": "published_at", "limit": "1"}, ["members"]),
            ({"status": "all", "sort": "title", "skip": "1", "limit": "1"}, ["shown"]),
            ({"status": "all", "tags": "x"}, ["shown", "draft"]),
            ({"status": "draft", "tags": "x", "sort": "published_at"}, ["draft"]),
            ({"status": "draft", "search": "words"}, ["draft"]),
            ({"status": "published"}, ["shown"]),
            ({}, ["shown"]),
        ],
    )
    async def test_holds_the_callers_own(
        self, author: httpx.AsyncClient, query: dict[str, str], expected: list[str]
    ) -> None:
        assert await slugs(author, **query) == expected

    @pytest.mark.usefixtures("written")
    async def test_is_everybodys_for_those_who_moderate(
        self, moderator: httpx.AsyncClient, other: httpx.AsyncClient, author: httpx.AsyncClient
    ) -> None:
        assert await slugs(moderator, status="draft") == ["theirs", "draft"]
        name = (await author.get(f"{ARTICLES}/draft")).json()["author"]["username"]
        assert await slugs(moderator, status="draft", author=name) == ["draft"]
        assert await slugs(other, status="draft", author=name) == []
        assert await slugs(moderator, status="deleted") == ["binned"]

    @pytest.mark.usefixtures("written")
    async def test_is_for_nobody_who_is_not_signed_in(
        self, client: httpx.AsyncClient, viewer: httpx.AsyncClient
    ) -> None:
        for status in ("draft", "scheduled", "archived", "deleted", "all"):
            assert_problem(await client.get(ARTICLES, params={"status": status}), 401)
            assert await slugs(viewer, status=status) == []
        assert_problem(await client.get("/api/v1/tags/x/articles?status=all"), 401)

    @pytest.mark.usefixtures("written")
    async def test_is_kept_by_nobody_and_counted(self, author: httpx.AsyncClient) -> None:
        answer = await author.get(ARTICLES, params={"status": "all", "count": "true"})
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["total"] == 3

    async def test_cursors_walk_through_all_of_them_once(self, author: httpx.AsyncClient) -> None:
        for n in range(5):
            await write(author, f"Title {n // 2}")
        for sort in ("updated_at", "published_at", "title"):
            asked: dict[str, Any] = {"status": "draft", "limit": "2", "sort": sort}
            walked: list[str] = []
            while asked.get("cursor", "first"):
                answer = (await author.get(ARTICLES, params=asked)).json()
                walked += [item["slug"] for item in answer["items"]]
                asked["cursor"] = answer["next_cursor"]
            assert len(walked) == len(set(walked)) == 5
