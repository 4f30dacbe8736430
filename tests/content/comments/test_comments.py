"""Comments over HTTP: written, answered, changed, counted, and seen by whom they should."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.comments.service import CommentService
from stoa.modules.content.moderation.judging import Judgement, Term
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from tests.factories import publish
from tests.people import People

API = "/api/v1"


async def write(person: httpx.AsyncClient, slug: str, body: str, parent: str | None = None) -> dict[str, Any]:
    answer = await person.post(f"{API}/articles/{slug}/comments", json={"body": body, "parent_id": parent})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(reader: httpx.AsyncClient, slug: str, **query: Any) -> dict[str, Any]:
    answer = await reader.get(f"{API}/articles/{slug}/comments", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def count_of(client: httpx.AsyncClient, slug: str) -> int:
    return int((await client.get(f"{API}/articles/{slug}")).json()["comment_count"])


@pytest.fixture
async def slug(db: Database) -> str:
    return (await publish(db, title="Talked about")).slug


class TestWrite:
    async def test_is_rendered_counted_and_seen(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader = await people.client(display_name="Ada")
        before = (await client.get(f"{API}/articles/{slug}")).json()
        made = await write(reader, slug, "So *true*.")
        assert made["html"].strip() == "<p>So <em>true</em>.</p>"
        found = await listed(client, slug)
        assert [one["id"] for one in found["items"]] == [made["id"]]
        assert found["items"][0]["author"]["display_name"] == "Ada"
        after = (await client.get(f"{API}/articles/{slug}")).json()
        assert (after["comment_count"], found["total"]) == (1, 1)
        assert after["version"] == before["version"]

    async def test_script_and_markup_stay_text(self, people: People, slug: str) -> None:
        body = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://x.example/p.png) <b onclick=a>b</b>"
        html = (await write(await people.client(), slug, body))["html"]
        assert "<script" not in html
        assert "<img" not in html
        assert "<b " not in html
        assert 'href="javascript' not in html

    async def test_answers_stand_in_reading_order_and_depth_ends_at_four(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader = await people.client()
        first = await write(reader, slug, "first")
        parent, depths = first["id"], []
        for number in range(6):
            answer = await write(reader, slug, f"answer {number}", parent)
            assert answer["parent_id"] == parent
            depths.append(answer["depth"])
            parent = answer["id"]
        assert depths == [1, 2, 3, 4, 4, 4]
        second = await write(await people.client(), slug, "second")
        late = await write(await people.client(), slug, "late answer to the first", first["id"])
        items = (await listed(client, slug))["items"]
        assert [items[0]["id"], items[-2]["id"], items[-1]["id"]] == [first["id"], late["id"], second["id"]]
        assert (await listed(client, slug, sort="newest"))["items"][0]["id"] == second["id"]

    async def test_pages_of_threads(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader = await people.client()
        made = [(await write(reader, slug, f"number {number}"))["id"] for number in range(5)]
        for sort, wanted in (("oldest", made), ("newest", made[::-1])):
            seen: list[str] = []
            cursor: str | None = ""
            while cursor is not None:
                page = await listed(client, slug, sort=sort, limit=2, cursor=cursor)
                seen += [one["id"] for one in page["items"]]
                cursor = page["next_cursor"]
            assert seen == wanted

    @pytest.mark.parametrize(
        "body",
        [{}, {"body": ""}, {"body": "  \n "}, {"body": "x" * 10_001}, {"body": "a\x00b"},
         {"body": "a", "status": "visible"}, {"body": "a", "parent_id": "nonsense"}],
    )  # fmt: skip
    async def test_refuses_what_is_no_comment(self, people: People, slug: str, body: dict[str, Any]) -> None:
        answer = await (await people.client()).post(f"{API}/articles/{slug}/comments", json=body)
        assert answer.status_code in {400, 422}

    async def test_the_same_twice_is_refused(self, people: People, slug: str) -> None:
        reader = await people.client()
        await write(reader, slug, "First!")
        answer = await reader.post(f"{API}/articles/{slug}/comments", json={"body": "First!"})
        assert answer.status_code == 409
        await write(await people.client(), slug, "First!")

    async def test_ten_a_minute(self, people: People, slug: str) -> None:
        reader = await people.client()
        for number in range(10):
            await write(reader, slug, f"number {number}")
        answer = await reader.post(f"{API}/articles/{slug}/comments", json={"body": "one more"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0

    async def test_not_under_what_takes_none_or_is_not_public(self, db: Database, people: People) -> None:
        reader = await people.client()
        closed = (await publish(db, title="Closed", has_comments=False)).slug
        draft = (await publish(db, title="Draft", status="draft")).slug
        for slug, status in ((closed, 409), (draft, 404), ("nowhere", 404)):
            answer = await reader.post(f"{API}/articles/{slug}/comments", json={"body": "Hello"})
            assert answer.status_code == status
        assert (await reader.get(f"{API}/articles/{draft}/comments")).status_code == 404

    async def test_an_answer_stays_under_its_article(self, db: Database, people: People, slug: str) -> None:
        reader = await people.client()
        made = await write(reader, slug, "Here")
        other = (await publish(db, title="Another")).slug
        answer = await reader.post(f"{API}/articles/{other}/comments", json={"body": "x", "parent_id": made["id"]})
        assert answer.status_code == 409


class TestChange:
    async def test_its_writer_changes_it(self, people: People, slug: str) -> None:
        reader = await people.client()
        made = await write(reader, slug, "Befor")
        path = f"{API}/comments/{made['id']}"
        tag = (await reader.get(path)).headers["etag"]
        changed = await reader.put(path, json={"body": "Before"}, headers={"if-match": tag})
        assert changed.status_code == 200
        assert (changed.json()["body"], changed.json()["version"]) == ("Before", 2)
        assert changed.json()["edited_at"]
        stale = await reader.put(path, json={"body": "Other"}, headers={"if-match": tag})
        assert stale.status_code == 412
        assert stale.json()["current"]["body"] == "Before"
        assert (await reader.put(path, json={"body": "Other"})).status_code == 428
        other = await people.client("admin")
        assert (await other.put(path, json={"body": "Other"}, headers={"if-match": "*"})).status_code == 403

    async def test_too_many_links_have_it_held(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader = await people.client()
        made = await write(reader, slug, "Fine")
        body = " ".join(f"https://{name}.example/" for name in "abc")
        answer = await reader.put(f"{API}/comments/{made['id']}", json={"body": body}, headers={"if-match": "*"})
        assert answer.json()["status"] == "held"
        assert await count_of(client, slug) == 0
        assert (await client.get(f"{API}/comments/{made['id']}")).status_code == 404


class TestDelete:
    async def test_an_answered_one_leaves_a_gap_without_its_text(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader = await people.client(display_name="Gone Girl")
        made = await write(reader, slug, "secret words")
        answer = await write(await people.client(), slug, "an answer", made["id"])
        assert (await reader.delete(f"{API}/comments/{made['id']}")).status_code == 204
        for looking in (client, reader, await people.client("admin")):
            text = (await looking.get(f"{API}/articles/{slug}/comments")).text
            assert "secret words" not in text
            assert "Gone Girl" not in text
        items = (await listed(client, slug))["items"]
        assert [(one["id"], one["status"]) for one in items] == [(made["id"], "deleted"), (answer["id"], "visible")]
        assert await count_of(client, slug) == 1
        refused = await reader.post(f"{API}/articles/{slug}/comments", json={"body": "x", "parent_id": made["id"]})
        assert refused.status_code == 409

    async def test_the_last_answer_takes_the_gap_with_it(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader = await people.client()
        first = await write(reader, slug, "one")
        second = await write(reader, slug, "two", first["id"])
        third = await write(reader, slug, "three", second["id"])
        for one in (first, second, third):
            assert (await reader.delete(f"{API}/comments/{one['id']}")).status_code == 204
        assert (await listed(client, slug))["items"] == []
        assert await count_of(client, slug) == 0

    async def test_its_writer_brings_it_back_and_nobody_else(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader, admin = await people.client(), await people.client("admin")
        made = await write(reader, slug, "On second thought")
        await reader.delete(f"{API}/comments/{made['id']}")
        assert (await admin.post(f"{API}/comments/{made['id']}/restore")).status_code == 404
        assert "On second thought" not in (await admin.get(f"{API}/comments?status=deleted")).text
        assert "On second thought" in (await reader.get(f"{API}/comments?status=deleted&mine=true")).text
        assert (await reader.post(f"{API}/comments/{made['id']}/restore")).status_code == 200
        assert await count_of(client, slug) == 1


class TestModerate:
    async def test_hide_and_show_again(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader, other, keeper = [await people.client(role) for role in ("viewer", "viewer", "moderator")]
        made = await write(reader, slug, "Rude")
        path = f"{API}/comments/{made['id']}"
        assert (await other.post(f"{path}/reject")).status_code == 403
        assert (await keeper.post(f"{path}/reject")).json()["status"] == "rejected"
        assert (await listed(client, slug))["items"] == []
        assert (await listed(other, slug))["items"] == []
        assert [one["status"] for one in (await listed(reader, slug))["items"]] == ["rejected"]
        assert await count_of(client, slug) == 0
        assert (await other.post(f"{path}/approve")).status_code == 404
        assert (await reader.post(f"{path}/approve")).status_code == 403
        assert (await keeper.post(f"{path}/approve")).json()["status"] == "visible"
        assert await count_of(client, slug) == 1

    async def test_an_author_moderates_below_their_own_articles_only(self, people: People) -> None:
        author, other, reader = [await people.client(role) for role in ("creator", "creator", "viewer")]
        made = (await author.post(f"{API}/articles", json={"title": "Mine", "body": "Words."})).json()
        await author.post(f"{API}/articles/{made['slug']}/publish")
        comment = await write(reader, made["slug"], "Hm")
        assert (await other.post(f"{API}/comments/{comment['id']}/reject")).status_code == 403
        assert (await author.post(f"{API}/comments/{comment['id']}/reject")).status_code == 200
        assert [one["id"] for one in (await author.get(f"{API}/comments?status=rejected")).json()["items"]] == [
            comment["id"]
        ]
        assert (await other.get(f"{API}/comments?status=rejected")).json()["items"] == []

    async def test_a_held_one_waits_in_the_queue(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader, keeper = await people.client(), await people.person("moderator")
        made = await write(reader, slug, "See https://a.example https://b.example and https://c.example")
        assert made["status"] == "held"
        assert "held" not in (await client.get(f"{API}/articles/{slug}/comments")).text
        assert "reason" not in made
        queue = (await (await people.client_of(keeper)).get(f"{API}/comments?count=true")).json()
        assert queue["total"] == 1
        assert queue["items"][0]["article"]["slug"] == slug
        assert "3 links" in queue["items"][0]["reason"]
        mine = (await reader.get(f"{API}/comments")).json()["items"]
        assert [one["id"] for one in mine] == [made["id"]]

    async def test_what_somebody_else_deleted_comes_back_by_those_who_moderate(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader, keeper = await people.client(), await people.client("moderator")
        made = await write(reader, slug, "Off topic")
        assert (await keeper.delete(f"{API}/comments/{made['id']}")).status_code == 204
        assert (await reader.post(f"{API}/comments/{made['id']}/restore")).status_code == 404
        assert "Off topic" in (await keeper.get(f"{API}/comments?status=deleted")).text
        assert (await keeper.post(f"{API}/comments/{made['id']}/restore")).status_code == 200
        assert await count_of(client, slug) == 1

    async def test_the_site_itself_holds_one(
        self, client: httpx.AsyncClient, people: People, slug: str, db: Database
    ) -> None:
        made = await write(await people.client(), slug, "Hmmm")
        async with db.unit_of_work() as session:
            found = Judgement(0.93, is_held=True, reason="looks like spam", terms=(Term("Hm", "spam", 0, 2),))
            await CommentGuard(session).hold(made["id"], 1, found)
        item = (await (await people.client("moderator")).get(f"{API}/comments")).json()["items"][0]
        assert (item["reason"], round(item["score"], 2), item["terms"]) == ("looks like spam", 0.93, ["Hm"])
        assert await count_of(client, slug) == 0

    async def test_each_act_leaves_one_row_in_the_log(self, people: People, slug: str) -> None:
        reader, keeper, admin = [await people.client(role) for role in ("viewer", "moderator", "admin")]
        made = await write(reader, slug, "Rude")
        path = f"{API}/comments/{made['id']}"
        await keeper.post(f"{path}/reject")
        await keeper.post(f"{path}/approve")
        await keeper.delete(path)
        await keeper.post(f"{path}/restore")
        await reader.delete(path)
        rows = (await admin.get(f"{API}/admin/audit", params={"subject_id": made["id"]})).json()["items"]
        assert [row["action"] for row in rows][::-1] == [
            "comment.rejected", "comment.approved", "comment.deleted", "comment.restored",
        ]  # fmt: skip


class TestForget:
    async def test_an_erased_person_leaves_gaps_only(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        person = await people.person(with_password=True, display_name="Vera Vanish")
        reader = await people.client_of(person)
        answered = await write(reader, slug, "to be forgotten one")
        alone = await write(reader, slug, "to be forgotten two")
        await write(await people.client(), slug, "an answer", answered["id"])
        held = await people.client("admin")
        gone = await reader.request("DELETE", f"{API}/users/me", json={"password": person.password})
        assert gone.status_code == 204, gone.text
        items = (await listed(client, slug))["items"]
        assert [one["status"] for one in items] == ["deleted", "visible"]
        assert alone["id"] not in {one["id"] for one in items}
        assert await count_of(client, slug) == 1
        for path in (f"/articles/{slug}/comments", "/comments?status=deleted"):
            assert "forgotten" not in (await held.get(f"{API}{path}")).text

    async def test_the_bin_is_emptied_but_for_gaps(
        self, client: httpx.AsyncClient, people: People, slug: str, db: Database
    ) -> None:
        reader = await people.client()
        answered = await write(reader, slug, "one")
        await write(await people.client(), slug, "answer", answered["id"])
        alone = await write(reader, slug, "two")
        for one in (answered, alone):
            await reader.delete(f"{API}/comments/{one['id']}")
        async with db.unit_of_work() as session:
            await CommentService(session).empty_bin(utc_now() + timedelta(seconds=5))
        assert (await reader.post(f"{API}/comments/{alone['id']}/restore")).status_code == 404
        assert (await reader.post(f"{API}/comments/{answered['id']}/restore")).status_code == 404
        assert [one["status"] for one in (await listed(client, slug))["items"]] == ["deleted", "visible"]


class TestForOthers:
    async def test_about_and_people_of_a_thread(self, people: People, slug: str, db: Database) -> None:
        ada, ben, cy = [await people.person() for _ in range(3)]
        first = await write(await people.client_of(ada), slug, "first")
        await write(await people.client_of(cy), slug, "aside", first["id"])
        second = await write(await people.client_of(ben), slug, "second", first["id"])
        third = await write(await people.client_of(ada), slug, "**third** " + "long " * 60, second["id"])
        async with db.unit_of_work() as session:
            assert set(await CommentService(session).thread_people(third["id"])) == {ada.id, ben.id, cy.id}
            about = await CommentService(session).about(third["id"])
        assert about is not None
        assert (about.article_slug, about.writer_id, about.parent_writer_id) == (slug, ada.id, ben.id)
        assert about.excerpt.startswith("third long")
        assert len(about.excerpt) <= 140
