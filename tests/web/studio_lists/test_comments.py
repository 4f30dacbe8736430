"""The queue of comments: who sees what, and what the acts of its forms do."""

import httpx
import pytest

from tests.people import People
from tests.web.studio import shown, written

LINKS = "https://a.example https://b.example https://c.example"


async def commented(client: httpx.AsyncClient, slug: str, body: str) -> str:
    answer = await client.post(f"/api/v1/articles/{slug}/comments", json={"body": body})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


@pytest.fixture
async def reader(people: People) -> httpx.AsyncClient:
    return await people.client("viewer", by="cookie", display_name="Rita Reader")


@pytest.fixture
async def held(writer: httpx.AsyncClient, reader: httpx.AsyncClient) -> str:
    """A comment below Ada's article that waits."""
    await written(writer, title="A walk", act="publish")
    return await commented(reader, "a-walk", f"Look: {LINKS}")


async def texts_below(client: httpx.AsyncClient) -> list[str]:
    found = (await client.get("/api/v1/articles/a-walk/comments")).json()["items"]
    return [one["body"] for one in found]


class TestQueue:
    async def test_shows_what_waits_and_why(self, held: str, writer: httpx.AsyncClient) -> None:
        page = await shown(writer, "/studio/comments")
        assert ("Rita Reader" in page.text, "A walk" in page.text, "3 links" in page.text) == (True, True, True)
        assert held in (await writer.get("/studio/comments")).text

    async def test_is_counted_in_the_rail(self, held: str, writer: httpx.AsyncClient) -> None:
        assert held
        assert '<span class="rail-count">1<' in (await writer.get("/studio")).text

    async def test_is_another_s_own_and_a_moderator_s(
        self, held: str, moderator: httpx.AsyncClient, people: People, reader: httpx.AsyncClient
    ) -> None:
        other = await people.client("creator", by="cookie")
        assert held not in (await other.get("/studio/comments")).text
        assert held in (await moderator.get("/studio/comments")).text
        answer = await other.post("/studio/comments", data={"act": "approve", "comment": held})
        assert answer.status_code == 404
        assert "1 refused" in answer.text
        await shown(reader, "/studio/comments", 403)

    async def test_one_is_approved_by_its_own_button(
        self, held: str, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        answer = await writer.post("/studio/comments", data={"one": f"approve:{held}"})
        assert answer.headers["location"] == "/studio/comments?done=approve&count=1"
        assert "1 approved" in (await shown(writer, answer.headers["location"])).text
        assert await texts_below(client) == [f"Look: {LINKS}"]

    async def test_several_go_to_the_bin_and_come_back(
        self, held: str, writer: httpx.AsyncClient, reader: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        other = await commented(reader, "a-walk", "Well said.")
        both = {"act": "delete", "comment": [held, other]}
        assert (await writer.post("/studio/comments?show=visible", data=both)).status_code == 303
        assert await texts_below(client) == []
        binned = (await writer.get("/studio/comments?show=deleted")).text
        assert (held in binned, other in binned) == (True, True)
        await writer.post("/studio/comments?show=deleted", data={"act": "restore", "comment": other})
        assert await texts_below(client) == ["Well said."]

    async def test_what_is_hidden_is_listed_as_rejected(
        self, held: str, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        await writer.post("/studio/comments", data={"one": f"reject:{held}"})
        assert held in (await writer.get("/studio/comments?show=rejected")).text
        assert await texts_below(client) == []

    async def test_what_is_done_is_done_and_the_rest_told(self, held: str, writer: httpx.AsyncClient) -> None:
        missing = "01890000-0000-7000-8000-000000000000"
        answer = await writer.post("/studio/comments", data={"act": "approve", "comment": [held, missing]})
        assert answer.status_code == 200
        assert "1 done, 1 refused" in answer.text

    @pytest.mark.parametrize(
        "fields",
        [
            {"act": "approve"},
            {"act": "approve", "comment": "not-an-id"},
            {"act": "burn", "comment": "01890000-0000-7000-8000-000000000000"},
            {"one": "approve"},
        ],
    )
    async def test_a_form_that_cannot_be_is_refused(self, writer: httpx.AsyncClient, fields: dict[str, str]) -> None:
        assert (await writer.post("/studio/comments", data=fields)).status_code in {400, 422}

    async def test_hostile_words_are_text(self, held: str, writer: httpx.AsyncClient, people: People) -> None:
        assert held
        hostile = await people.client("viewer", by="cookie", display_name="<script>alert(1)</script>")
        await commented(hostile, "a-walk", f"<script>alert(2)</script> {LINKS}")
        html = (await writer.get("/studio/comments")).text
        assert "<script>alert" not in html
