"""No save overwrites what its author has not read: If-Match, entity tags, two writers at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from stoa.modules.content.articles.errors import StaleArticle
from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.errors import MalformedInput
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.security import Actor
from stoa.shared.settings_parts import DatabaseSettings
from tests.content.articles.calls import ARTICLES, act, assert_problem, change, delete, write, write_and_publish

TEXT = {"title": "T", "body": "B"}


class TestIfMatch:
    @pytest.mark.parametrize(
        ("header", "admitted"),
        [
            ("*", {1, 2, 3}),
            (' "3-abc"  ', {3}),
            ('"3"', {3}),
            ('"3-abc-gzip"', {3}),
            ('W/"3-abc"', {3}),
            ('"1-a", W/"3-b","x"', {1, 3}),
            ('"abc"', set()),
            ('""', set()),
            ('"3abc"', set()),
            ('"-3"', set()),
            ('"99999999999999999999-a"', set()),
            ('"a,b", "2-x"', {2}),
        ],
    )
    def test_admits_the_versions_it_names(self, header: str, admitted: set[int]) -> None:
        versions = IfMatch.parse(header)
        assert {version for version in (1, 2, 3) if versions.admits(version)} == admitted

    @pytest.mark.parametrize("header", ["", "3", "abc", '"3', '3"', '"1-a" "2-b"', '"1-a",', "*, *", '"1-a", *', "W/3"])
    def test_refuses_what_is_no_list_of_tags(self, header: str) -> None:
        with pytest.raises(MalformedInput):
            IfMatch.parse(header)


class TestSavingWithAVersion:
    async def test_the_tag_that_anybody_read_is_good_for_saving(
        self, client: httpx.AsyncClient, author: httpx.AsyncClient
    ) -> None:
        await write_and_publish(author, slug="mine")
        for title in ("One", "Two"):
            tag = (await client.get(f"{ARTICLES}/mine")).headers["etag"]
            answer = await author.put(f"{ARTICLES}/mine", json={**TEXT, "title": title}, headers={"if-match": tag})
            assert answer.status_code == 200
            read = await client.get(f"{ARTICLES}/mine")
            assert read.json()["title"] == title
            assert read.headers["etag"] == answer.headers["etag"] != tag

    async def test_every_writing_call_answers_the_tag_for_the_next(self, author: httpx.AsyncClient) -> None:
        tag = (await author.post(ARTICLES, json={**TEXT, "slug": "mine"})).headers["etag"]
        for call in ("publish", "unpublish"):
            answer = await author.post(f"{ARTICLES}/mine/{call}", headers={"if-match": tag})
            assert answer.status_code == 200
            tag = answer.headers["etag"]
        answer = await author.patch(f"{ARTICLES}/mine", json={"title": "X"}, headers={"if-match": tag})
        assert answer.headers["etag"].startswith('"4-')
        gone = await author.delete(f"{ARTICLES}/mine", headers={"if-match": answer.headers["etag"]})
        assert gone.status_code == 204

    async def test_a_draft_that_was_read_is_not_sent_again(self, author: httpx.AsyncClient) -> None:
        made = await author.post(ARTICLES, json={**TEXT, "slug": "mine"})
        again = await author.get(f"{ARTICLES}/mine", headers={"if-none-match": made.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        await change(author, "mine", title="New")
        again = await author.get(f"{ARTICLES}/mine", headers={"if-none-match": made.headers["etag"]})
        assert again.status_code == 200
        assert "x-stoa-version" not in again.headers

    async def test_is_needed(self, author: httpx.AsyncClient) -> None:
        before = await write(author, slug="mine")
        assert "If-Match" in assert_problem(await author.put(f"{ARTICLES}/mine", json=TEXT), 428)["detail"]
        assert_problem(await author.patch(f"{ARTICLES}/mine", json={"title": "X"}), 428)
        assert (await author.get(f"{ARTICLES}/mine")).json() == before

    @pytest.mark.parametrize("sent", ['"2-x"', "*", 'W/"2-x"', '"1-x", "2-x"', '"2-x-gzip"'])
    async def test_is_taken_in_all_its_forms(self, author: httpx.AsyncClient, sent: str) -> None:
        await write(author, slug="mine")
        await change(author, "mine", title="Second")
        answer = await author.put(f"{ARTICLES}/mine", json=TEXT, headers={"if-match": sent})
        assert (answer.status_code, answer.json()["version"]) == (200, 3)

    async def test_that_cannot_be_read_is_refused(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        assert_problem(await author.put(f"{ARTICLES}/mine", json=TEXT, headers={"if-match": "1"}), 400)
        assert_problem(await author.put(f"{ARTICLES}/mine", json=TEXT, headers={"if-match": '"' * 3000}), 422)


class TestStaleSave:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_is_refused_with_the_text_that_is_there(self, author: httpx.AsyncClient, method: str) -> None:
        tag = (await author.post(ARTICLES, json={**TEXT, "slug": "mine"})).headers["etag"]
        there = await change(author, "mine", title="Theirs", body="Their words.")
        mine = {"title": "Mine", "body": "My words."}
        answer = await author.request(method, f"{ARTICLES}/mine", json=mine, headers={"if-match": tag})
        problem = assert_problem(answer, 412)
        current = problem["current"]
        assert datetime.fromisoformat(current.pop("updated_at")) == datetime.fromisoformat(there["updated_at"])
        assert current == {"version": 2, "title": "Theirs", "body": "Their words."}
        assert (await author.get(f"{ARTICLES}/mine")).json() == there
        said = {"if-match": f'"{problem["current"]["version"]}"'}
        assert (await author.request(method, f"{ARTICLES}/mine", json=mine, headers=said)).status_code == 200

    async def test_is_refused_under_the_former_slug_too(self, author: httpx.AsyncClient) -> None:
        tag = (await author.post(ARTICLES, json={**TEXT, "slug": "old"})).headers["etag"]
        await change(author, "old", slug="new")
        answer = await author.put(f"{ARTICLES}/old", json=TEXT, headers={"if-match": tag})
        assert assert_problem(answer, 412)["current"]["version"] == 2

    async def test_deleting_and_publishing_what_was_changed_is_refused(self, author: httpx.AsyncClient) -> None:
        tag = {"if-match": (await author.post(ARTICLES, json={**TEXT, "slug": "mine"})).headers["etag"]}
        await change(author, "mine", title="Theirs")
        assert_problem(await author.delete(f"{ARTICLES}/mine", headers=tag), 412)
        for call in ("publish", "unpublish"):
            assert_problem(await author.post(f"{ARTICLES}/mine/{call}", headers=tag), 412)
        assert (await author.get(f"{ARTICLES}/mine")).json()["status"] == "draft"
        await delete(author, "mine")
        assert_problem(await author.post(f"{ARTICLES}/mine/restore", headers=tag), 412)
        await act(author, "mine", "restore")

    async def test_tells_nothing_to_those_who_may_not_see_it(
        self, author: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> None:
        await write(author, slug="mine", body="Secret words.")
        answer = await other.put(f"{ARTICLES}/mine", json=TEXT, headers={"if-match": '"9-x"'})
        assert_problem(answer, 404)
        await act(author, "mine", "publish")
        answer = await other.put(f"{ARTICLES}/mine", json=TEXT, headers={"if-match": '"9-x"'})
        assert_problem(answer, 403)
        assert "Secret" not in answer.text


@pytest.fixture
async def own_db(own_database_url: str) -> AsyncIterator[Database]:
    async with Database(DatabaseSettings(), own_database_url) as opened:
        yield opened


@pytest.fixture
async def writing(own_db: Database) -> AsyncIterator[ArticleWriting]:
    markdown = MarkdownPool()
    yield ArticleWriting(own_db, markdown)
    await markdown.close()


@pytest.fixture
async def ada(own_db: Database) -> Actor:
    async with own_db.unit_of_work() as session:
        made = await UserService(session).create(
            NewUser(email="ada@example.org", display_name="Ada", username="ada", role="creator")
        )
    may = frozenset({"create:article", "edit:article", "publish:article", "delete:article", "create:tag"})
    return Actor(made.id, made.username, "creator", may, "token")


class TestAtOnce:
    """Commits are real here."""

    async def test_of_many_saves_of_one_version_one_is_kept_and_the_others_get_its_text(
        self, writing: ArticleWriting, ada: Actor
    ) -> None:
        await writing.create(ada, ArticleIn(title="Mine", body="First."))
        saves = [
            writing.change(ada, "mine", ArticleChange(body=f"Words {n}.", tags=["x", f"t{n}"]), IfMatch.exactly(1))
            for n in range(6)
        ]
        outcomes = await asyncio.gather(*saves, return_exceptions=True)
        kept = [one for one in outcomes if not isinstance(one, BaseException)]
        stale = [one for one in outcomes if isinstance(one, StaleArticle)]
        assert (len(kept), len(stale)) == (1, 5)
        there = await writing.editable(ada, "mine")
        assert (there.version, there.body) == (2, kept[0].body)
        for fault in stale:
            assert fault.extra["current"]["body"] == there.body

    async def test_changes_of_any_version_are_made_one_after_the_other(
        self, writing: ArticleWriting, ada: Actor
    ) -> None:
        await writing.create(ada, ArticleIn(title="Mine", body="First.", summary="S"))
        any_version = IfMatch.parse("*")
        both = (ArticleChange(body="New words."), ArticleChange(title="New title"), ArticleChange(summary=None))
        await asyncio.gather(*(writing.change(ada, "mine", one, any_version) for one in both))
        there = await writing.editable(ada, "mine")
        assert (there.version, there.title, there.body, there.summary) == (4, "New title", "New words.", None)
        assert "New words." in there.html

    async def test_articles_of_one_title_get_numbers(self, writing: ArticleWriting, ada: Actor) -> None:
        made = await asyncio.gather(*(writing.create(ada, ArticleIn(title="Same", body="x")) for _ in range(4)))
        assert {one.slug for one in made} == {"same", "same-2", "same-3", "same-4"}

    async def test_of_many_who_ask_for_one_slug_one_gets_it(self, writing: ArticleWriting, ada: Actor) -> None:
        asked = ArticleIn(title="Same", body="x", slug="wanted")
        outcomes = await asyncio.gather(*(writing.create(ada, asked) for _ in range(4)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in outcomes) == ["EditableArticle"] + ["SlugTaken"] * 3

    async def test_publishing_at_once_with_deleting_leaves_counters_right(
        self, writing: ArticleWriting, ada: Actor, own_db: Database
    ) -> None:
        for n in range(3):
            await writing.create(ada, ArticleIn(title=f"A{n}", body="x", tags=["t"]))
            await writing.publish(ada, f"a{n}")
        acts = [writing.delete(ada, "a0"), writing.unpublish(ada, "a1"), writing.publish(ada, "a1")]
        await asyncio.gather(*acts, return_exceptions=True)
        async with own_db.reads.connection() as connection:
            counted, shown = await connection.fetchrow(
                "SELECT (SELECT article_count FROM tags WHERE slug = 't'), (SELECT count(*) FROM articles "
                "WHERE status = 'published' AND deleted_at IS NULL)"
            )
        assert counted == shown
