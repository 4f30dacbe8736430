"""Published articles are judged too: queued for a person, never withdrawn, closed by a person or a better text."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.content.moderation.test_comments import judged
from tests.people import People

API = "/api/v1"
QUEUE = f"{API}/moderation/articles"
PAGE = "/studio/comments/articles"


@pytest.fixture
async def author(people: People) -> httpx.AsyncClient:
    return await people.client("creator", display_name="Ada")


@pytest.fixture
async def keeper(people: People) -> httpx.AsyncClient:
    return await people.client("moderator", display_name="Max")


async def published(author: httpx.AsyncClient, body: str) -> str:
    slug = str((await author.post(f"{API}/articles", json={"title": "A walk", "body": body})).json()["slug"])
    assert (await author.post(f"{API}/articles/{slug}/publish")).status_code == 200
    return slug


async def rewritten(author: httpx.AsyncClient, slug: str, body: str) -> None:
    answer = await author.patch(f"{API}/articles/{slug}", json={"body": body}, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text


async def findings(keeper: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await keeper.get(QUEUE)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestFound:
    async def test_is_queued_with_its_words_in_place_and_stays_out(
        self, app: FastAPI, client: httpx.AsyncClient, author: httpx.AsyncClient, keeper: httpx.AsyncClient
    ) -> None:
        slug = await published(author, "Only a moron walks here.")
        await judged(app)
        await judged(app)
        (item,) = await findings(keeper)
        assert (item["article"], item["reason"], item["kinds"]) == (
            {"slug": slug, "title": "A walk"}, "reads like insult", {"insult": 0.9},
        )  # fmt: skip
        (term,) = item["terms"]
        assert (term["start"], term["before"], term["text"], term["after"]) == (
            15, "A walk\n\nOnly a ", "moron", " walks here.",
        )  # fmt: skip
        assert (await client.get(f"{API}/articles/{slug}")).status_code == 200

    async def test_a_draft_and_a_keeper_s_own_are_not(
        self, app: FastAPI, author: httpx.AsyncClient, keeper: httpx.AsyncClient
    ) -> None:
        await author.post(f"{API}/articles", json={"title": "Draft", "body": "A moron."})
        await published(keeper, "A moron.")
        await judged(app)
        assert await findings(keeper) == []

    async def test_a_better_text_closes_it_and_a_worse_one_opens_one(
        self, app: FastAPI, author: httpx.AsyncClient, keeper: httpx.AsyncClient
    ) -> None:
        slug = await published(author, "A moron.")
        await judged(app)
        await rewritten(author, slug, "A walker.")
        await judged(app)
        assert await findings(keeper) == []
        await rewritten(author, slug, "A casino.")
        await judged(app)
        assert [one["kinds"] for one in await findings(keeper)] == [{"spam": 0.8}]


class TestDecided:
    async def test_fine_is_fine_until_the_text_changes(
        self, app: FastAPI, author: httpx.AsyncClient, keeper: httpx.AsyncClient
    ) -> None:
        slug = await published(author, "A moron.")
        await judged(app)
        (item,) = await findings(keeper)
        assert (await author.post(f"{QUEUE}/{item['id']}/fine")).status_code == 403
        assert [(await keeper.post(f"{QUEUE}/{item['id']}/fine")).status_code for _ in range(2)] == [204, 404]
        for act in ("unpublish", "publish"):
            assert (await author.post(f"{API}/articles/{slug}/{act}")).status_code == 200
        await judged(app)
        assert await findings(keeper) == []
        await rewritten(author, slug, "Another moron.")
        await judged(app)
        assert len(await findings(keeper)) == 1

    async def test_withdrawn_closes_it(
        self, app: FastAPI, author: httpx.AsyncClient, keeper: httpx.AsyncClient
    ) -> None:
        slug = await published(author, "A moron.")
        await judged(app)
        assert (await keeper.post(f"{API}/articles/{slug}/unpublish")).status_code == 200
        await judged(app)
        assert await findings(keeper) == []


class TestPage:
    async def test_shows_the_passage_and_closes_it_either_way(
        self, app: FastAPI, client: httpx.AsyncClient, author: httpx.AsyncClient, people: People
    ) -> None:
        desk = await people.client("moderator", by="cookie")
        slug = await published(author, "Only a <i>moron</i> walks here.")
        await judged(app)
        html = (await desk.get(PAGE)).text
        for wanted in ("Reads like insult", "Score 0.90", '&lt;i&gt;<mark title="insult">moron</mark>', "A walk"):
            assert wanted in html, wanted
        finding = (await findings(desk))[0]["id"]
        answer = await desk.post(PAGE, data={"one": f"fine:{finding}"})
        assert answer.headers["location"] == f"{PAGE}?done=fine"
        assert "Nothing to look at" in (await desk.get(answer.headers["location"])).text
        assert (await desk.post(PAGE, data={"one": f"fine:{finding}"})).status_code == 404
        await rewritten(author, slug, "Casino.")
        await judged(app)
        assert (await desk.post(PAGE, data={"one": f"unpublish:{slug}"})).status_code == 303
        await judged(app)
        assert await findings(desk) == []
        assert (await client.get(f"{API}/articles/{slug}")).status_code == 404

    @pytest.mark.parametrize("one", ["", "burn:x", "fine:not-an-id"])
    async def test_a_form_that_cannot_be_is_refused(self, people: People, one: str) -> None:
        desk = await people.client("moderator", by="cookie")
        assert (await desk.post(PAGE, data={"one": one})).status_code in {400, 422}

    async def test_is_for_those_who_moderate_articles(self, people: People) -> None:
        writer = await people.client("creator", by="cookie")
        assert (await writer.get(PAGE)).status_code == 403
        assert PAGE not in (await writer.get("/studio/comments")).text
