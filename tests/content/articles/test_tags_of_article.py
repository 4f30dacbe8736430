"""Tags given to an article and taken from it one by one, and what is related by them."""

import httpx

from stoa.modules.content.articles.schemas import ArticleListItem
from stoa.shared.database import Database
from tests.content.articles.calls import ANY, ARTICLES, assert_problem, change, revisions, write, write_and_publish
from tests.factories import publish


class TestTagsOfAnArticle:
    async def test_are_added_to_those_there(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine", tags=["a"])
        answer = await author.post(f"{ARTICLES}/mine/tags", json={"tags": ["New One", "A"]})
        assert answer.status_code == 200
        assert answer.json()["tags"] == ["a", "new-one"]
        assert (await client.get("/api/v1/tags/new-one")).json()["article_count"] == 1
        again = await author.post(f"{ARTICLES}/mine/tags", json={"tags": ["new-one"]})
        assert again.json() == answer.json()
        assert len(await revisions(author, "mine")) == 2

    async def test_are_taken_away(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine", tags=["a", "b"])
        answer = await author.delete(f"{ARTICLES}/mine/tags/a")
        assert (answer.status_code, answer.json()["tags"]) == (200, ["b"])
        assert (await client.get("/api/v1/tags/a")).json()["article_count"] == 0
        assert_problem(await author.delete(f"{ARTICLES}/mine/tags/a"), 404)
        tagged = await author.get(f"{ARTICLES}/mine/revisions/1")
        assert tagged.json()["tags"] == ["a", "b"]

    async def test_a_former_name_will_do(self, author: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
        await write(author, slug="mine", tags=["old"])
        await admin.patch("/api/v1/tags/old", json={"slug": "new", "name": "New"})
        added = await author.post(f"{ARTICLES}/mine/tags", json={"tags": ["old"]})
        assert (added.json()["tags"], added.json()["version"]) == (["new"], 1)
        assert (await author.delete(f"{ARTICLES}/mine/tags/old")).json()["tags"] == []

    async def test_a_stale_save_is_told(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine", tags=["a"])
        await change(author, "mine", body="Newer.")
        stale = {"if-match": '"1"'}
        for answer in (
            await author.post(f"{ARTICLES}/mine/tags", json={"tags": ["b"]}, headers=stale),
            await author.delete(f"{ARTICLES}/mine/tags/a", headers=stale),
        ):
            assert assert_problem(answer, 412)["current"]["body"] == "Newer."
        assert (await author.get(f"{ARTICLES}/mine")).json()["tags"] == ["a"]

    async def test_too_many_or_none_are_told(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine", tags=[f"t{number}" for number in range(19)])
        for tags in ([], ["x", "y"], [""], ["x"] * 21):
            assert_problem(await author.post(f"{ARTICLES}/mine/tags", json={"tags": tags}), 422)
        assert (await author.post(f"{ARTICLES}/mine/tags", json={"tags": ["x"]})).status_code == 200

    async def test_one_that_came_with_more_can_be_edited_and_loses_none(
        self, admin: httpx.AsyncClient, db: Database
    ) -> None:
        many = [f"t{number:02}" for number in range(25)]
        await publish(db, slug="full", tags=many)
        whole = {"title": "New", "body": "Words."}

        async def save(tags: list[str]) -> httpx.Response:
            return await admin.put(f"{ARTICLES}/full", json={**whole, "tags": tags}, headers=ANY)

        assert (await save(many)).json()["tags"] == many
        assert_problem(await save([*many, "more"]), 422)
        assert (await save(many[:21])).json()["tags"] == many[:21]
        assert_problem(await save(many[:22]), 422)


class TestRelated:
    async def test_shares_most_tags_and_is_public(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine", tags=["a", "b"])
        await write_and_publish(author, slug="near", tags=["a", "b"])
        await write_and_publish(author, slug="far", tags=["b"])
        await write_and_publish(author, slug="page", tags=["a"], kind="page")
        await write(author, slug="draft", tags=["a", "b"])
        answer = await client.get(f"{ARTICLES}/mine/related")
        items = [ArticleListItem.model_validate(item, extra="forbid") for item in answer.json()["items"]]
        assert [item.slug for item in items] == ["near", "far"]
        assert items[0].tags == ["a", "b"]
        assert len((await client.get(f"{ARTICLES}/mine/related?limit=1")).json()["items"]) == 1
        assert_problem(await client.get(f"{ARTICLES}/mine/related?limit=21"), 422)
        assert_problem(await author.get(f"{ARTICLES}/draft/related"), 404)
