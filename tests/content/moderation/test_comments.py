"""Comments are judged after they were written: held with why, decided by a person, told to their writer."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.content.moderation.judging import Strictness
from tests.content.moderation.word_list import WordList
from tests.factories import publish
from tests.handling import handle_events, run_tasks
from tests.notifications.telling import listed as notices_of
from tests.people import People

API = "/api/v1"


@pytest.fixture
async def slug(app: FastAPI) -> str:
    return (await publish(app.state.database, title="Talked about")).slug


@pytest.fixture
async def reader(people: People) -> httpx.AsyncClient:
    return await people.client(display_name="Rita")


@pytest.fixture
async def keeper(people: People) -> httpx.AsyncClient:
    return await people.client("moderator", display_name="Max")


async def said(person: httpx.AsyncClient, slug: str, body: str) -> dict[str, Any]:
    answer = await person.post(f"{API}/articles/{slug}/comments", json={"body": body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def judged(app: FastAPI) -> None:
    await handle_events(app, WordList())
    await run_tasks(app)


async def state_of(person: httpx.AsyncClient, comment_id: str) -> tuple[str, int]:
    found = (await person.get(f"{API}/comments/{comment_id}")).json()
    return found["status"], found["version"]


async def queue(person: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.get(f"{API}/comments")).json()["items"]
    return items


async def changed(person: httpx.AsyncClient, comment_id: str, body: str) -> None:
    answer = await person.put(f"{API}/comments/{comment_id}", json={"body": body}, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text


async def told(person: httpx.AsyncClient) -> list[str]:
    """What somebody was told, the first one first."""
    return [notice["type"] for notice in await notices_of(person)][::-1]


class TestHeld:
    async def test_waits_with_score_kinds_terms_and_reason(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You *moron*, go to the casino.")
        assert made["status"] == "visible"
        await judged(app)
        assert await state_of(reader, made["id"]) == ("held", 2)
        assert (await client.get(f"{API}/comments/{made['id']}")).status_code == 404
        assert (await client.get(f"{API}/articles/{slug}")).json()["comment_count"] == 0
        (item,) = await queue(keeper)
        assert (item["reason"], round(item["score"], 2), item["terms"]) == (
            "reads like insult", 0.9, ["moron", "casino"],
        )  # fmt: skip
        assert item["judgement"] == {
            "is_cause": True,
            "reason": "reads like insult",
            "kinds": {"insult": 0.9, "spam": 0.8},
            "terms": [
                {"text": "moron", "kind": "insult", "start": 5, "end": 10},
                {"text": "casino", "kind": "spam", "start": 23, "end": 29},
            ],
        }

    async def test_its_writer_hears_that_it_waits_and_that_it_was_approved(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        await judged(app)
        assert await told(reader) == ["comment_held"]
        assert "comment_waits" in await told(keeper)
        assert (await keeper.post(f"{API}/comments/{made['id']}/approve")).status_code == 200
        await judged(app)
        assert await told(reader) == ["comment_held", "comment_approved"]
        assert await state_of(client, made["id"]) == ("visible", 3)
        assert (await client.get(f"{API}/articles/{slug}")).json()["comment_count"] == 1

    async def test_what_is_fine_stays(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "A silly walk, well described.")
        await judged(app)
        assert await state_of(client, made["id"]) == ("visible", 1)

    async def test_one_that_waits_by_a_rule_shows_what_the_guard_found_too(
        self, app: FastAPI, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "casino https://a.example https://b.example https://c.example")
        await judged(app)
        (item,) = await queue(keeper)
        assert (item["reason"][:7], item["judgement"]["kinds"]) == ("3 links", {"spam": 0.8})
        assert await state_of(reader, made["id"]) == ("held", 1)
        assert await told(reader) == ["comment_held"]


class TestPeopleDecide:
    async def test_approved_stays_until_it_is_edited(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        await judged(app)
        await keeper.post(f"{API}/comments/{made['id']}/approve")
        for act in ("delete", "post"):
            path = f"{API}/comments/{made['id']}" + ("/restore" if act == "post" else "")
            assert (await getattr(reader, act)(path)).is_success
        await judged(app)
        assert (await state_of(client, made["id"]))[0] == "visible"
        await changed(reader, made["id"], "You are still a moron.")
        await judged(app)
        assert (await state_of(reader, made["id"]))[0] == "held"
        assert (await queue(keeper))[0]["judgement"]["terms"][0]["start"] == 16

    async def test_an_edited_text_is_judged_as_it_is_now(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        await changed(reader, made["id"], "You walker.")
        await judged(app)
        assert await state_of(client, made["id"]) == ("visible", 2)

    async def test_one_that_was_decided_about_first_is_left_alone(
        self, app: FastAPI, client: httpx.AsyncClient, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        for act in ("reject", "approve"):
            assert (await keeper.post(f"{API}/comments/{made['id']}/{act}")).status_code == 200
        await judged(app)
        assert (await state_of(client, made["id"]))[0] == "visible"

    async def test_those_who_moderate_are_not_held(
        self, app: FastAPI, client: httpx.AsyncClient, keeper: httpx.AsyncClient, people: People
    ) -> None:
        author = await people.client("creator")
        own = (await author.post(f"{API}/articles", json={"title": "Mine", "body": "Words."})).json()["slug"]
        assert (await author.post(f"{API}/articles/{own}/publish")).status_code == 200
        for person in (author, keeper):
            made = await said(person, own, f"Only a moron would, {id(person)}.")
            await judged(app)
            assert await state_of(client, made["id"]) == ("visible", 1)


class TestMeanwhile:
    async def test_deleted_before_it_was_judged_nothing_happens_and_restored_it_is_judged(
        self, app: FastAPI, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        assert (await reader.delete(f"{API}/comments/{made['id']}")).status_code == 204
        await judged(app)
        assert (await queue(keeper), await told(reader)) == ([], [])
        assert (await reader.post(f"{API}/comments/{made['id']}/restore")).status_code == 200
        await judged(app)
        assert (await state_of(reader, made["id"]))[0] == "held"

    async def test_judged_twice_it_is_held_and_told_once(
        self, app: FastAPI, reader: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        await judged(app)
        await judged(app)
        assert await state_of(reader, made["id"]) == ("held", 2)
        assert await told(reader) == ["comment_held"]


class TestSetting:
    @pytest.mark.parametrize(("strictness", "status"), [("off", "visible"), ("normal", "visible"), ("strict", "held")])
    async def test_says_how_much_is_held(self, people: People, slug: str, strictness: Strictness, status: str) -> None:
        app, reader = people.app, await people.client()
        content = app.state.settings.content.model_copy(update={"moderation": strictness})
        app.state.settings = replace(app.state.settings, content=content)
        made = await said(reader, slug, "A silly walk.")
        await judged(app)
        assert (await state_of(reader, made["id"]))[0] == status


class TestPage:
    async def test_shows_who_held_it_why_and_the_words_marked(
        self, app: FastAPI, reader: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        desk = await people.client("moderator", by="cookie")
        made = await said(reader, slug, "You <b>moron</b>, go.")
        await judged(app)
        html = (await desk.get("/studio/comments")).text
        for wanted in (
            "Held by the site&#39;s guard", "Reads like insult", "Score 0.90", "insult 0.90",
            'You &lt;b&gt;<mark title="insult">moron</mark>',
        ):  # fmt: skip
            assert wanted in html, wanted
        assert (await desk.post("/studio/comments", data={"one": f"approve:{made['id']}"})).status_code == 303
        assert "<mark" not in (await desk.get("/studio/comments?show=visible")).text

    async def test_tells_a_rule_from_the_guard(
        self, app: FastAPI, reader: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        desk = await people.client("moderator", by="cookie")
        await said(reader, slug, "casino https://a.example https://b.example https://c.example")
        await judged(app)
        html = (await desk.get("/studio/comments")).text
        assert "Held by the site&#39;s guard otherwise: reads like spam" in html

    async def test_an_edited_one_says_so(
        self, app: FastAPI, reader: httpx.AsyncClient, keeper: httpx.AsyncClient, slug: str
    ) -> None:
        made = await said(reader, slug, "You moron.")
        await judged(app)
        await changed(reader, made["id"], "You walker.")
        await judged(app)
        (item,) = await queue(keeper)
        assert (item["reason"], item["judgement"]) == ("changed after the site's guard held it", None)
