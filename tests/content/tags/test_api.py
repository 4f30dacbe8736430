"""Tags over HTTP."""

from typing import Any

import httpx
import pytest

from stoa.shared.database import Database
from tests.factories import publish, publish_all
from tests.people import People

TAGS = "/api/v1/tags"


async def make(admin: httpx.AsyncClient, name: str, **fields: Any) -> dict[str, Any]:
    answer = await admin.post(TAGS, json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


class TestCreateTag:
    async def test_answers_the_tag_with_a_slug_of_its_name(self, admin: httpx.AsyncClient) -> None:
        assert await make(admin, "Slow  Travel") == {
            "slug": "slow-travel",
            "name": "Slow Travel",
            "article_count": 0,
        }

    async def test_names_in_any_script_get_a_readable_slug(self, admin: httpx.AsyncClient) -> None:
        assert (await make(admin, "Привет"))["slug"] == "privet"

    async def test_a_second_one_of_that_slug_is_a_conflict(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "Python")
        answer = await admin.post(TAGS, json={"name": "python"})
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert "python" in answer.json()["detail"]

    async def test_needs_the_permission(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(TAGS, json={"name": "Python"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_a_wrong_token_is_no_token(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(TAGS, json={"name": "Python"}, headers={"authorization": "Bearer nonsense"})
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": ""},
            {"name": "   "},
            {"name": "x" * 81},
            {"name": "a\x00b"},
            {"name": "a\nb"},
            {"name": ["a"]},
            {"name": {"a": 1}},
            {"name": None},
            {"name": "a", "slug": "Not A Slug"},
            {"name": "a", "article_count": 5},
            {"name": "a", "id": "0190a0b0-0000-7000-8000-000000000000"},
            [],
            "a",
        ],
    )
    async def test_refuses_what_is_not_a_tag(self, admin: httpx.AsyncClient, body: Any) -> None:
        answer = await admin.post(TAGS, json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"]

    @pytest.mark.parametrize("body", [b"{", b'{"name": "\\ud800"}', b'{"name": NaN}', b"\xff\xfe", b"[" * 100_000])
    async def test_broken_json_is_a_callers_mistake(self, admin: httpx.AsyncClient, body: bytes) -> None:
        answer = await admin.post(TAGS, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}
        assert answer.json()["request_id"]


class TestListTags:
    async def test_is_sorted_by_name_without_regard_to_case(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["beta", "Alpha", "Gamma"])
        page = (await client.get(TAGS)).json()
        assert [tag["name"] for tag in page["items"]] == ["Alpha", "beta", "Gamma"]
        assert page["limit"] == 20
        assert page["skip"] == 0
        assert page["next_cursor"] is None
        assert "total" not in page

    async def test_most_used_first(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"tags": ["often"]}, {"tags": ["often", "once"]}])
        page = (await client.get(TAGS, params={"sort": "article_count"})).json()
        assert [(tag["slug"], tag["article_count"]) for tag in page["items"]] == [("often", 2), ("once", 1)]

    @pytest.mark.parametrize("sort", ["name", "article_count"])
    @pytest.mark.parametrize("order", ["asc", "desc"])
    async def test_cursors_walk_through_all_of_them_once(
        self, client: httpx.AsyncClient, db: Database, sort: str, order: str
    ) -> None:
        names = [f"tag {n}" for n in range(7)]
        await publish_all(db, [{"tags": names}, {"tags": names[:3]}])
        whole = (await client.get(TAGS, params={"sort": sort, "order": order})).json()["items"]
        walked: list[Any] = []
        params = {"sort": sort, "order": order, "limit": "2"}
        while True:
            page = (await client.get(TAGS, params=params)).json()
            walked += page["items"]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert walked == whole
        assert len(walked) == 7

    async def test_skip_and_count(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["a", "b", "c"])
        page = (await client.get(TAGS, params={"skip": 1, "limit": 1, "count": "true"})).json()
        assert [tag["slug"] for tag in page["items"]] == ["b"]
        assert page["total"] == 3

    @pytest.mark.parametrize(("words", "found"), [("TRAV", ["travel"]), ("%", ["100-percent"]), ("_", [])])
    async def test_finds_part_of_a_name_literally(self, admin: httpx.AsyncClient, words: str, found: list[str]) -> None:
        await make(admin, "Travel")
        await make(admin, "100 %", slug="100-percent")
        page = (await admin.get(TAGS, params={"search": words})).json()
        assert [tag["slug"] for tag in page["items"]] == found

    @pytest.mark.parametrize(
        "params",
        [
            {"limit": "0"},
            {"limit": "101"},
            {"limit": "x"},
            {"skip": "-1"},
            {"skip": "10001"},
            {"sort": "password"},
            {"sort": "name; drop table tags"},
            {"order": "up"},
            {"cursor": "x" * 600},
        ],
    )
    async def test_refuses_a_query_out_of_bounds(self, client: httpx.AsyncClient, params: dict[str, str]) -> None:
        answer = await client.get(TAGS, params=params)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("query.")

    @pytest.mark.parametrize("cursor", ["!", "AAAA", "W10", "bnVsbA", "WyJ0YWdzLm5hbWUuYXNjIiwxLDJd"])
    async def test_refuses_a_cursor_not_made_here(self, client: httpx.AsyncClient, cursor: str) -> None:
        answer = await client.get(TAGS, params={"cursor": cursor})
        assert answer.status_code == 400
        assert "cursor" in answer.json()["detail"]

    async def test_refuses_a_cursor_of_another_order(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["a", "b"])
        cursor = (await client.get(TAGS, params={"limit": 1})).json()["next_cursor"]
        assert (await client.get(TAGS, params={"order": "desc", "cursor": cursor})).status_code == 400

    async def test_takes_one_statement(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["a", "b", "c"])
        assert 'desc="1 statements"' in (await client.get(TAGS)).headers["server-timing"]


class TestReadTag:
    async def test_answers_it(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["Birds"])
        assert (await client.get(f"{TAGS}/birds")).json() == {"slug": "birds", "name": "Birds", "article_count": 1}

    async def test_unknown_is_a_404_problem(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{TAGS}/nothing")
        assert answer.status_code == 404
        assert answer.json()["title"] == "No such tag"


class TestChangeTag:
    async def test_a_former_slug_leads_to_the_new_one_for_ever(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "First")
        await admin.patch(f"{TAGS}/first", json={"slug": "second"})
        await admin.patch(f"{TAGS}/second", json={"slug": "third", "name": "Third"})
        answer = await admin.get(f"{TAGS}/first")
        assert answer.status_code == 301
        assert answer.headers["location"] == f"{TAGS}/third"
        assert (await admin.get(f"{TAGS}/first", follow_redirects=True)).json()["name"] == "Third"

    async def test_a_new_tag_may_take_a_former_slug(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "First")
        await admin.patch(f"{TAGS}/first", json={"slug": "second"})
        await make(admin, "First")
        assert (await admin.get(f"{TAGS}/first")).status_code == 200

    async def test_a_taken_slug_is_a_conflict_and_changes_nothing(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "One")
        await make(admin, "Two")
        answer = await admin.patch(f"{TAGS}/one", json={"slug": "two", "name": "Changed"})
        assert answer.status_code == 409
        assert (await admin.get(f"{TAGS}/one")).json()["name"] == "One"

    async def test_needs_the_permission(self, client: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
        await make(admin, "One")
        assert (await client.patch(f"{TAGS}/one", json={"name": "x"})).status_code == 401
        assert (await client.delete(f"{TAGS}/one")).status_code == 401
        assert (await client.post(f"{TAGS}/one/restore")).status_code == 401
        assert (await client.post(f"{TAGS}/one/merge", json={"into": "x"})).status_code == 401


class TestDeleteTag:
    async def test_is_gone_and_can_be_restored_with_its_articles(self, admin: httpx.AsyncClient, db: Database) -> None:
        await publish(db, tags=["Birds"])
        assert (await admin.delete(f"{TAGS}/birds")).status_code == 204
        assert (await admin.get(f"{TAGS}/birds")).status_code == 404
        assert (await admin.get("/api/v1/articles")).json()["items"][0]["tags"] == []
        restored = await admin.post(f"{TAGS}/birds/restore")
        assert restored.json() == {"slug": "birds", "name": "Birds", "article_count": 1}
        assert (await admin.get("/api/v1/articles")).json()["items"][0]["tags"] == ["birds"]

    async def test_is_not_restored_over_a_new_one(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "Birds")
        await admin.delete(f"{TAGS}/birds")
        await make(admin, "Birds")
        assert (await admin.post(f"{TAGS}/birds/restore")).status_code == 409

    async def test_what_was_never_there_cannot_be_restored(self, admin: httpx.AsyncClient) -> None:
        assert (await admin.post(f"{TAGS}/birds/restore")).status_code == 404

    async def test_what_was_merged_is_not_restored_without_its_articles(
        self, admin: httpx.AsyncClient, db: Database
    ) -> None:
        await publish_all(db, [{"tags": ["js"]}, {"tags": ["JavaScript"]}])
        await admin.post(f"{TAGS}/js/merge", json={"into": "javascript"})
        answer = await admin.post(f"{TAGS}/js/restore")
        assert answer.status_code == 409
        assert "merged into 'javascript'" in answer.json()["detail"]
        assert (await admin.get(f"{TAGS}/js")).headers["location"] == f"{TAGS}/javascript"

    async def test_a_new_one_of_a_merged_slug_comes_back(self, admin: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"tags": ["js"]}, {"tags": ["JavaScript"]}])
        await admin.post(f"{TAGS}/js/merge", json={"into": "javascript"})
        await make(admin, "js")
        await admin.delete(f"{TAGS}/js")
        assert (await admin.post(f"{TAGS}/js/restore")).status_code == 200
        assert (await admin.get(f"{TAGS}/js")).json()["name"] == "js"

    async def test_comes_back_with_its_articles_though_its_slug_led_elsewhere(
        self, admin: httpx.AsyncClient, db: Database
    ) -> None:
        await publish(db, tags=["Birds"])
        await admin.delete(f"{TAGS}/birds")
        await make(admin, "Birds")
        await admin.patch(f"{TAGS}/birds", json={"slug": "fowl"})
        assert (await admin.post(f"{TAGS}/birds/restore")).json()["article_count"] == 1
        assert (await admin.get(f"{TAGS}/birds")).status_code == 200


class TestAuditOfTags:
    async def test_names_who_did_what_to_which(self, people: People, db: Database) -> None:
        await publish_all(db, [{"tags": ["js"]}, {"tags": ["JavaScript"]}])
        admin, moderator = await people.client("admin"), await people.person("moderator")
        by_moderator = await people.client_of(moderator)
        await by_moderator.patch(f"{TAGS}/js", json={"name": "JS"})
        await by_moderator.post(f"{TAGS}/js/merge", json={"into": "javascript"})
        await by_moderator.delete(f"{TAGS}/javascript")
        await by_moderator.post(f"{TAGS}/javascript/restore")
        rows = (await admin.get("/api/v1/admin/audit", params={"action": "tag."})).json()["items"]
        assert [row["action"] for row in rows] == ["tag.restored", "tag.deleted", "tag.merged", "tag.changed"]
        assert {row["actor_id"] for row in rows} == {str(moderator.id)}
        restored, deleted, merged, changed = [row["subject_id"] for row in rows]
        assert (merged, deleted) == (changed, restored)
        assert rows[2]["details"] == {"into": restored}

    async def test_what_changes_nothing_or_is_refused_leaves_none(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "One")
        await make(admin, "Two")
        assert (await admin.patch(f"{TAGS}/one", json={"name": "One"})).status_code == 200
        assert (await admin.patch(f"{TAGS}/one", json={"slug": "two"})).status_code == 409
        assert (await admin.post(f"{TAGS}/one/merge", json={"into": "one"})).status_code == 409
        assert (await admin.post(f"{TAGS}/one/restore")).status_code == 404
        assert (await admin.get("/api/v1/admin/audit", params={"action": "tag."})).json()["items"] == []


class TestMergeTags:
    async def test_moves_the_articles_and_keeps_the_address(self, admin: httpx.AsyncClient, db: Database) -> None:
        await publish_all(db, [{"tags": ["js"]}, {"tags": ["js", "JavaScript"]}, {"tags": ["JavaScript"]}])
        answer = await admin.post(f"{TAGS}/js/merge", json={"into": "javascript"})
        assert answer.json() == {"slug": "javascript", "name": "JavaScript", "article_count": 3}
        assert (await admin.get(f"{TAGS}/js")).headers["location"] == f"{TAGS}/javascript"
        listed = (await admin.get("/api/v1/articles")).json()["items"]
        assert [item["tags"] for item in listed] == [["javascript"]] * 3

    async def test_not_into_itself(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "js")
        assert (await admin.post(f"{TAGS}/js/merge", json={"into": "js"})).status_code == 409

    async def test_not_into_nothing(self, admin: httpx.AsyncClient) -> None:
        await make(admin, "js")
        assert (await admin.post(f"{TAGS}/js/merge", json={"into": "nothing"})).status_code == 404
        assert (await admin.get(f"{TAGS}/js")).status_code == 200


class TestArticleCount:
    async def test_counts_public_articles_only(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish_all(
            db,
            [
                {"tags": ["x"]},
                {"tags": ["x"], "status": "draft", "published_at": None},
                {"tags": ["x"], "visibility": "members"},
            ],
        )
        assert (await client.get(f"{TAGS}/x")).json()["article_count"] == 1
