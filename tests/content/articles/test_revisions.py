"""What was written before: kept at every save, listed, compared, brought back."""

from typing import Any

import httpx
from sqlalchemy import text

from stoa.modules.content.articles.revised import RevisionDiff, RevisionListItem, RevisionOut
from stoa.shared.database import Database
from tests.content.articles.calls import (
    ANY,
    ARTICLES,
    act,
    assert_problem,
    change,
    delete,
    revisions,
    write,
    write_and_publish,
)
from tests.content.articles.conftest import Strangers


async def autosave(client: httpx.AsyncClient, slug: str, **fields: Any) -> httpx.Response:
    return await client.patch(f"{ARTICLES}/{slug}?autosave=true", json=fields, headers=ANY)


async def one(client: httpx.AsyncClient, slug: str, number: int) -> Any:
    answer = await client.get(f"{ARTICLES}/{slug}/revisions/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def acts(found: list[Any]) -> list[tuple[int, str, str]]:
    return [(item["number"], item["act"], item["title"]) for item in found]


class TestEverySave:
    async def test_is_kept_whole_with_who_wrote_it(self, author: httpx.AsyncClient) -> None:
        fields = {
            "summary": "S", "excerpt": "By hand.", "tags": ["Two words"], "cover_url": "https://example.com/a.png",
            "cover_alt": "A cover", "language": "de", "canonical_url": "https://example.com/", "meta_title": "M",
            "meta_description": "D", "visibility": "members",
        }  # fmt: skip
        made = await write(author, "First", "Grüße.\n\nZeile.", slug="mine", **fields)
        await change(author, "mine", title="Second", body="Kurz.", tags=[], summary=None)
        found = await revisions(author, "mine")
        assert acts(found) == [(2, "saved", "Second"), (1, "saved", "First")]
        assert [item["version"] for item in found] == [2, 1]
        assert [(item["bytes"], item["bytes_added"]) for item in found] == [(5, -11), (16, 16)]
        assert all(item["saved_by"]["username"] == made["author"]["username"] for item in found)
        for item in found:
            RevisionListItem.model_validate(item, extra="forbid")
        first = await one(author, "mine", 1)
        RevisionOut.model_validate(first, extra="forbid")
        assert first["body"] == "Grüße.\n\nZeile."
        assert {name: first[name] for name in fields} == fields

    async def test_that_changes_nothing_leaves_everything_as_it_is(self, author: httpx.AsyncClient) -> None:
        made = await write(author, slug="mine", tags=["x"])
        whole = {"title": "A title", "body": "Some words.", "tags": ["X"]}
        for method, body in (("PATCH", {"body": "Some words."}), ("PUT", whole), ("PATCH", {})):
            answer = await author.request(method, f"{ARTICLES}/mine", json=body, headers=ANY)
            assert answer.status_code == 200
            assert answer.json() == made
        assert len(await revisions(author, "mine")) == 1

    async def test_that_only_moves_it_adds_none(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        for name in ("publish", "unpublish", "archive", "publish"):
            await act(author, "mine", name)
        assert acts(await revisions(author, "mine")) == [(1, "saved", "A title")]

    async def test_back_from_the_bin_is_one(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        await delete(author, "mine")
        await act(author, "mine", "restore")
        assert acts(await revisions(author, "mine")) == [(2, "restored", "A title"), (1, "saved", "A title")]

    async def test_by_somebody_else_names_them(self, author: httpx.AsyncClient, moderator: httpx.AsyncClient) -> None:
        made = await write(author, slug="mine")
        await change(moderator, "mine", title="Moderated")
        by = [item["saved_by"]["username"] for item in await revisions(author, "mine")]
        assert by[1] == made["author"]["username"] != by[0]


class TestAutosave:
    async def test_soon_after_another_takes_its_place(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        for title in ("One", "Two", "Three"):
            assert (await autosave(author, "mine", title=title)).status_code == 200
        assert acts(await revisions(author, "mine")) == [(2, "autosaved", "Three"), (1, "saved", "A title")]
        await change(author, "mine", title="Four")
        await autosave(author, "mine", title="Five")
        assert acts(await revisions(author, "mine"))[:2] == [(4, "autosaved", "Five"), (3, "saved", "Four")]

    async def test_of_another_person_or_another_day_stays(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, db: Database
    ) -> None:
        await write(author, slug="mine")
        await autosave(author, "mine", title="One")
        await autosave(moderator, "mine", title="Two")
        await autosave(author, "mine", title="Three")
        age = text("UPDATE article_revisions SET saved_at = now() - interval '31 minutes'")
        await db.transact(lambda session: session.execute(age))
        await autosave(author, "mine", title="Four")
        titles = [title for _, _, title in acts(await revisions(author, "mine"))]
        assert titles == ["Four", "Three", "Two", "One", "A title"]

    async def test_makes_a_new_article(self, author: httpx.AsyncClient) -> None:
        answer = await author.post(f"{ARTICLES}?autosave=true", json={"title": "New", "body": ""})
        assert answer.status_code == 201
        assert acts(await revisions(author, "new")) == [(1, "autosaved", "New")]

    async def test_never_touches_what_is_out(self, author: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await write_and_publish(author, slug="mine")
        assert_problem(await autosave(author, "mine", title="Half a thou"), 409)
        assert (await client.get(f"{ARTICLES}/mine")).json()["title"] == "A title"


class TestRestore:
    async def test_brings_back_what_was_written_and_nothing_else(self, author: httpx.AsyncClient) -> None:
        await write(author, "Then", "Old text.", slug="then", tags=["old"], summary="Old", language="de")
        await change(
            author, "then", title="Now", body="New text.", slug="now", tags=["new"], summary=None, language="fr",
            visibility="members", kind="page", has_comments=False,
        )  # fmt: skip
        await act(author, "now", "publish")
        answer = await author.post(f"{ARTICLES}/now/revisions/1/restore")
        assert answer.status_code == 200
        back = answer.json()
        assert (back["title"], back["body"], back["tags"], back["summary"]) == ("Then", "Old text.", ["old"], "Old")
        assert back["excerpt"] == "Old text."
        stayed = {"slug": "now", "status": "published", "language": "fr", "visibility": "members", "kind": "page"}
        assert {name: back[name] for name in stayed} == stayed
        assert back["has_comments"] is False
        assert acts(await revisions(author, "now"))[0] == (3, "restored", "Then")
        again = await author.post(f"{ARTICLES}/now/revisions/1/restore")
        assert again.json() == back
        assert len(await revisions(author, "now")) == 3

    async def test_an_excerpt_made_from_the_text_follows_the_text_again(self, author: httpx.AsyncClient) -> None:
        await write(author, body="Old text.", slug="mine")
        await change(author, "mine", body="New text.", excerpt="By hand.")
        await author.post(f"{ARTICLES}/mine/revisions/1/restore")
        assert (await change(author, "mine", body="Newest text."))["excerpt"] == "Newest text."

    async def test_a_stale_one_is_told_with_both_texts(self, author: httpx.AsyncClient) -> None:
        made = await write(author, slug="mine")
        await change(author, "mine", body="Of another tab.")
        path = f"{ARTICLES}/mine/revisions/1/restore"
        problem = assert_problem(await author.post(path, headers={"if-match": f'"{made["version"]}"'}), 412)
        assert problem["current"]["body"] == "Of another tab."
        assert (await author.get(f"{ARTICLES}/mine")).json()["body"] == "Of another tab."

    async def test_of_somebody_elses_is_audited(
        self, author: httpx.AsyncClient, moderator: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        await write(author, slug="mine")
        await change(author, "mine", title="Other")
        assert (await moderator.post(f"{ARTICLES}/mine/revisions/1/restore")).status_code == 200
        found = await admin.get("/api/v1/admin/audit?action=article.reverted")
        assert len(found.json()["items"]) == 1


class TestCompare:
    async def test_shows_fields_and_lines_side_by_side(self, author: httpx.AsyncClient) -> None:
        await write(author, "Then", "one\ntwo\nthree", slug="mine", tags=["a"])
        await change(author, "mine", title="Now", body="one\n2\nthree\nfour", tags=["a", "b"], excerpt="E")
        answer = await author.get(f"{ARTICLES}/mine/revisions/1/diff/2")
        diff = RevisionDiff.model_validate(answer.json(), extra="forbid")
        assert (diff.before.number, diff.after.number) == (1, 2)
        told = {field.name: (field.before, field.after) for field in diff.fields}
        assert told["title"] == ("Then", "Now")
        assert told["tags"] == (["a"], ["a", "b"])
        assert set(told) == {"title", "tags", "excerpt"}
        assert [(row.kind, row.before_line, row.before, row.after_line, row.after) for row in diff.rows or ()] == [
            ("same", 1, "one", 1, "one"),
            ("changed", 2, "two", 2, "2"),
            ("same", 3, "three", 3, "three"),
            ("added", None, None, 4, "four"),
        ]

    async def test_says_when_there_is_too_much(self, author: httpx.AsyncClient) -> None:
        await write(author, body="\n".join(f"a{number}" for number in range(900)), slug="mine")
        await change(author, "mine", body="\n".join(f"b{number}" for number in range(900)))
        answer = await author.get(f"{ARTICLES}/mine/revisions/1/diff/2")
        assert answer.status_code == 200
        assert answer.json()["rows"] is None


class TestWhoMay:
    async def test_others_are_told_nothing(self, author: httpx.AsyncClient, strangers: Strangers) -> None:
        await write(author, slug="mine")
        for stranger in strangers:
            for path in ("", "/1", "/1/diff/1"):
                answer = await stranger.get(f"{ARTICLES}/mine/revisions{path}")
                assert answer.status_code in {401, 403, 404}
                assert "A title" not in answer.text

    async def test_numbers_that_are_none_are_told(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        for path, status in (("2", 404), ("1/diff/7", 404), ("0", 422), ("99999999999", 422), ("x", 422)):
            assert_problem(await author.get(f"{ARTICLES}/mine/revisions/{path}"), status)

    async def test_long_lists_are_read_page_by_page(self, author: httpx.AsyncClient) -> None:
        await write(author, slug="mine")
        for number in range(4):
            await change(author, "mine", title=f"Title {number}")
        numbers: list[list[int]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await author.get(f"{ARTICLES}/mine/revisions?limit=2&count=true&cursor={cursor}")).json()
            numbers.append([item["number"] for item in page["items"]])
            assert page["total"] == 5
            cursor = page["next_cursor"]
        assert numbers == [[5, 4], [3, 2], [1]]
        assert_problem(await author.get(f"{ARTICLES}/mine/revisions?cursor=zzz"), 400)
