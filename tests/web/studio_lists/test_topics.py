"""Topics in the studio: renamed, merged, thrown away and brought back by forms."""

import httpx
import pytest

from tests.web.studio import shown, written


@pytest.fixture
async def topics(writer: httpx.AsyncClient) -> None:
    await written(writer, title="One", tags="Birds, River", act="publish")
    await written(writer, title="Two", tags="Birds")
    await written(writer, title="Three", tags="Fowl", act="publish")


async def tags_of(client: httpx.AsyncClient, slug: str) -> list[str]:
    found: list[str] = (await client.get(f"/api/v1/articles/{slug}")).json()["tags"]
    return found


@pytest.mark.usefixtures("topics")
class TestTopics:
    async def test_are_found_by_name(self, moderator: httpx.AsyncClient) -> None:
        page = await shown(moderator, "/studio/tags?search=iv")
        assert ("River" in page.links, "Birds" in page.links) == (True, False)
        assert "No such topic" in (await shown(moderator, "/studio/tags?search=zebra")).text

    async def test_are_not_a_writer_s_to_change(self, writer: httpx.AsyncClient) -> None:
        await shown(writer, "/studio/tags", 403)
        assert (await writer.post("/studio/tags/birds", data={"name": "Mine"})).status_code == 403

    async def test_a_new_address_leads_from_the_old_one(self, moderator: httpx.AsyncClient) -> None:
        answer = await moderator.post("/studio/tags/birds", data={"name": "Waterbirds", "slug": "waterbirds"})
        assert answer.headers["location"] == "/studio/tags/waterbirds?done=saved"
        moved = await moderator.get("/studio/tags/birds")
        assert (moved.status_code, moved.headers["location"]) == (303, "/studio/tags/waterbirds")
        assert await tags_of(moderator, "two") == ["waterbirds"]

    @pytest.mark.parametrize(
        ("fields", "status", "told"),
        [
            ({"name": " ", "slug": "birds"}, 422, "Fill this in."),
            ({"name": "Birds", "slug": "Not So"}, 422, "String should match"),
            ({"name": "Birds", "slug": "river"}, 409, "There is a tag"),
        ],
    )
    async def test_a_refused_name_is_told_in_its_form(
        self, moderator: httpx.AsyncClient, fields: dict[str, str], status: int, told: str
    ) -> None:
        answer = await moderator.post("/studio/tags/birds", data=fields)
        assert answer.status_code == status
        assert told in answer.text
        assert f'value="{fields["slug"]}"' in answer.text

    async def test_merging_says_how_many_articles_move_and_moves_them(self, moderator: httpx.AsyncClient) -> None:
        asked = await shown(moderator, "/studio/tags/birds/merge?into=Fowl")
        assert "2 articles" in asked.text
        assert asked.fields["into"] == "fowl"
        answer = await moderator.post("/studio/tags/birds/merge", data={"into": "fowl"})
        assert answer.headers["location"] == "/studio/tags/fowl?done=merged"
        assert "The bin is empty" in (await shown(moderator, "/studio/tags?show=bin")).text
        assert await tags_of(moderator, "one") == ["fowl", "river"]
        assert await tags_of(moderator, "two") == ["fowl"]

    @pytest.mark.parametrize(("into", "status"), [("zebra", 422), ("birds", 409), ("", 422)])
    async def test_merging_into_nothing_is_refused_before_anything(
        self, moderator: httpx.AsyncClient, into: str, status: int
    ) -> None:
        await shown(moderator, f"/studio/tags/birds/merge?into={into}", status)
        assert await tags_of(moderator, "two") == ["birds"]

    async def test_comes_back_from_the_bin_with_its_articles(self, moderator: httpx.AsyncClient) -> None:
        assert "2 articles carry it" in (await shown(moderator, "/studio/tags/birds/delete")).text
        answer = await moderator.post("/studio/tags/birds/delete", data={"csrf_token": "x"})
        assert answer.headers["location"] == "/studio/tags?done=deleted"
        assert await tags_of(moderator, "two") == []
        assert "Birds" in (await shown(moderator, "/studio/tags?show=bin")).text
        await moderator.post("/studio/tags/birds/restore", data={"csrf_token": "x"})
        assert await tags_of(moderator, "two") == ["birds"]
        assert "The bin is empty" in (await shown(moderator, "/studio/tags?show=bin")).text
