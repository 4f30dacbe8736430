"""Who may do what to whose article, for every call that changes one."""

from typing import Any

import httpx
import pytest

from stoa.shared.database import Database
from tests.content.articles.calls import ANY, ARTICLES, act, assert_problem, change, delete, slugs, write
from tests.content.articles.conftest import Strangers
from tests.people import People

TEXT = {"title": "T", "body": "B"}
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "replace": ("PUT", "", {"json": TEXT, "headers": ANY}),
    "change": ("PATCH", "", {"json": {"title": "T"}, "headers": ANY}),
    "publish": ("POST", "/publish", {}),
    "unpublish": ("POST", "/unpublish", {}),
    "delete": ("DELETE", "", {}),
    "restore": ("POST", "/restore", {}),
}
STATES = ("draft", "published", "members", "deleted")


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=STATES)
async def state(request: pytest.FixtureRequest, author: httpx.AsyncClient) -> str:
    """An article `mine` of the author's in one of four states."""
    await write(author, slug="mine", body="Secret words.", visibility="members" if request.param == "members" else None)
    if request.param in {"published", "members"}:
        await act(author, "mine", "publish")
    if request.param == "deleted":
        await delete(author, "mine")
    return str(request.param)


async def send(client: httpx.AsyncClient, call: str, slug: str = "mine") -> httpx.Response:
    method, path, options = CALLS[call]
    return await client.request(method, f"{ARTICLES}/{slug}{path}", **options)


class TestChangingCalls:
    async def test_are_for_the_author_and_for_moderators(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, call: str, state: str
    ) -> None:
        is_there = state != "deleted" or call == "restore"
        expected = (204 if call == "delete" else 200) if is_there else 404
        assert (await send(moderator, call)).status_code == expected
        if call == "delete" and is_there:
            await act(author, "mine", "restore")
        assert (await send(author, call)).status_code == expected

    async def test_are_refused_to_everybody_else(
        self, strangers: Strangers, moderator: httpx.AsyncClient, call: str, state: str
    ) -> None:
        client, viewer, other = strangers
        listed = {"status": "deleted" if state == "deleted" else "all"}
        before = (await moderator.get(ARTICLES, params=listed)).json()
        assert_problem(await send(client, call), 401)
        assert_problem(await send(viewer, call), 403)
        problem = assert_problem(await send(other, call), 403 if state == "published" else 404)
        missing = assert_problem(await send(other, call, "nothing"), 404)
        if state != "published":
            assert problem["detail"].replace("mine", "nothing") == missing["detail"]
        assert "Secret" not in str(problem)
        assert (await moderator.get(ARTICLES, params=listed)).json() == before

    async def test_need_their_permission_of_the_author_too(self, people: People) -> None:
        person = await people.person("creator")
        article = await write(await people.client_of(person))
        narrow = await people.client_of(person, by="key", scopes=["create:article"])
        for call, permission in {
            "replace": "edit:article", "publish": "publish:article", "delete": "delete:article",
        }.items():  # fmt: skip
            assert permission in assert_problem(await send(narrow, call, article["slug"]), 403)["detail"]

    async def test_a_moderators_key_without_that_scope_reaches_their_own_only(
        self, people: People, author: httpx.AsyncClient
    ) -> None:
        await write(author, slug="theirs")
        key = await people.client_of(
            await people.person("moderator"), by="key", scopes=["create:article", "edit:article"]
        )
        await write(key, slug="mine")
        assert (await send(key, "change")).status_code == 200
        assert_problem(await send(key, "change", "theirs"), 404)
        assert_problem(await key.get(f"{ARTICLES}/theirs"), 404)
        assert await slugs(key, status="all") == ["mine"]

    async def test_making_one_is_for_creators(
        self, client: httpx.AsyncClient, viewer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        assert_problem(await client.post(ARTICLES, json=TEXT), 401)
        assert_problem(await viewer.post(ARTICLES, json=TEXT), 403)
        await write(moderator)


class TestReading:
    async def test_what_is_not_public_is_for_the_author_and_for_moderators(
        self, strangers: Strangers, author: httpx.AsyncClient, moderator: httpx.AsyncClient, state: str
    ) -> None:
        is_public = state == "published"
        for stranger in strangers:
            answer = await stranger.get(f"{ARTICLES}/mine")
            assert answer.status_code == (200 if is_public else 404)
            assert ("Secret" in answer.text) is is_public
        for reader in (author, moderator):
            answer = await reader.get(f"{ARTICLES}/mine")
            assert answer.status_code == (404 if state == "deleted" else 200)
            if state in {"draft", "members"}:
                assert answer.headers["cache-control"] == "private, no-cache"


class TestAudit:
    @staticmethod
    async def acts(db: Database) -> list[tuple[str, str]]:
        async with db.reads.connection() as connection:
            rows = await connection.fetch(
                "SELECT action, subject_id FROM audit.events WHERE subject_type = 'article' ORDER BY position"
            )
        return [(row["action"], row["subject_id"]) for row in rows]

    async def test_an_act_on_anothers_article_leaves_one_row(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, db: Database
    ) -> None:
        article = await write(author, slug="mine")
        await act(moderator, "mine", "publish")
        await act(moderator, "mine", "publish")
        await change(moderator, "mine", title="Cleaned")
        await act(moderator, "mine", "unpublish")
        await delete(moderator, "mine")
        await act(moderator, "mine", "restore")
        names = ["published", "changed", "unpublished", "deleted", "restored"]
        assert await self.acts(db) == [(f"article.{name}", article["id"]) for name in names]

    async def test_an_authors_own_acts_and_refused_ones_leave_none(
        self, author: httpx.AsyncClient, other: httpx.AsyncClient, moderator: httpx.AsyncClient, db: Database
    ) -> None:
        await write(moderator, slug="mine")
        await write(author, slug="theirs")
        await change(moderator, "mine", title="T")
        await act(moderator, "mine", "publish")
        await delete(moderator, "mine")
        assert_problem(await send(other, "change", "theirs"), 404)
        answer = await moderator.patch(f"{ARTICLES}/theirs", json={"slug": "mine"}, headers=ANY)
        assert_problem(answer, 409)
        assert await self.acts(db) == []
        assert await slugs(author, status="draft") == ["theirs"]
