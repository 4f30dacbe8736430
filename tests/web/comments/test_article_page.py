"""The lower half of an article's page, as a browser without script uses it."""

import html as entities
import re
from typing import Any

import httpx
import pytest

from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from tests.factories import publish
from tests.people import People


@pytest.fixture
async def slug(db: Database) -> str:
    return (await publish(db, title="Talked about")).slug


async def page_of(person: httpx.AsyncClient, slug: str, **query: str) -> str:
    answer = await person.get(f"/articles/{slug}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


async def send(person: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """As the page's own form does, with its token."""
    slug = fields.pop("page")
    token = re.search(r'name="csrf_token" value="([^"]+)"', await page_of(person, slug))
    assert token
    headers = {"origin": "http://localhost:8000"}
    return await person.post(path, data={"csrf_token": entities.unescape(token[1]), **fields}, headers=headers)


async def comment(person: httpx.AsyncClient, slug: str, body: str, **fields: str) -> str:
    answer = await send(person, f"/articles/{slug}/comments", page=slug, slug=slug, body=body, **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("#comment-")[2]


class TestRead:
    async def test_a_stranger_is_asked_to_sign_in_and_led_back(self, client: httpx.AsyncClient, slug: str) -> None:
        page = await page_of(client, slug)
        assert 'href="/sign-in?next=%2Farticles%2Ftalked-about%23comments"' in page
        assert "<textarea" not in page

    async def test_at_most_five_statements(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader = await people.client(by="cookie")
        first = await comment(reader, slug, "first")
        await comment(reader, slug, "answer", parent_id=first)
        for visitor, most in ((client, 3), (reader, 5)):
            told = (await visitor.get(f"/articles/{slug}")).headers["server-timing"]
            found = re.search(r"(\d+) statements", told) or re.search(r'desc="(\d+)', told)
            assert found, told
            assert int(found[1]) <= most, told

    async def test_a_guest_link_says_nothing_for_it_and_names_are_text(
        self, client: httpx.AsyncClient, db: Database
    ) -> None:
        article = await publish(db, title="Imported")
        guests = [("<img src=x onerror=alert(1)>", "https://a.example/"), ("Mallory", "javascript:alert(1)")]
        async with db.unit_of_work() as session:
            rows = [
                ImportedComment(str(number), None, None, None, name, url, "Hi", render("Hi", COMMENT), utc_now())
                for number, (name, url) in enumerate(guests)
            ]
            await ImportedComments(session).save(article.id, rows)
        page = await page_of(client, article.slug)
        assert "<img src=x" not in page
        assert "javascript:alert" not in page
        assert '<a class="comment-name" href="https://a.example/" rel="nofollow ugc noopener noreferrer">' in page

    async def test_more_threads_are_a_link_away(self, client: httpx.AsyncClient, db: Database) -> None:
        article = await publish(db, title="Long")
        async with db.unit_of_work() as session:
            rows = [
                ImportedComment(str(n), None, None, None, "G", None, "n", render(f"number-{n}-", COMMENT), utc_now())
                for n in range(25)
            ]
            await ImportedComments(session).save(article.id, rows)
        page = await page_of(client, article.slug)
        assert page.count("number-") == 20
        more = re.search(r'href="([^"]+)" rel="nofollow" data-more', page)
        assert more
        rest = await client.get(entities.unescape(more[1]).partition("#")[0])
        assert rest.text.count("number-") == 5


class TestWrite:
    async def test_a_comment_an_answer_and_a_change(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader = await people.client(by="cookie", display_name="Ada")
        first = await comment(reader, slug, "So *true*.")
        assert "So <em>true</em>." in await page_of(client, slug)
        form = await page_of(reader, slug, reply=first)
        assert f'name="parent_id" value="{first}"' in form
        answer = await comment(reader, slug, "An answer", parent_id=first)
        assert f'comment-depth-1" id="comment-{answer}"' in await page_of(client, slug)
        assert "So *true*.</textarea>" in await page_of(reader, slug, edit=first)
        changed = await send(reader, f"/comments/{first}/edit", page=slug, slug=slug, body="So false.", version="1")
        assert changed.status_code == 303
        page = await page_of(client, slug)
        assert "So false." in page
        assert ">edited<" in page

    async def test_one_is_deleted_after_a_question_to_those_who_may(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        reader, other, keeper = [await people.client(role, by="cookie") for role in ("viewer", "viewer", "moderator")]
        made = await comment(reader, slug, "Regretted words")
        question, act = "Delete this comment?", f'action="/comments/{made}/delete"'
        for person in (reader, keeper):
            assert act not in await page_of(person, slug)
            page = await page_of(person, slug, delete=made)
            assert (question in page, act in page) == (True, True)
        for person in (other, client):
            assert question not in await page_of(person, slug, delete=made)
        assert (await send(reader, f"/comments/{made}/delete", page=slug, slug=slug)).status_code == 303
        assert "Regretted words" not in await page_of(client, slug)

    async def test_what_was_typed_comes_back_when_it_is_refused(self, people: People, slug: str) -> None:
        reader = await people.client(by="cookie")
        await comment(reader, slug, "Once </textarea><script>x</script>")
        again = await send(
            reader, f"/articles/{slug}/comments", page=slug, slug=slug, body="Once </textarea><script>x</script>"
        )
        assert again.status_code == 409
        assert "Once &lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt;</textarea>" in again.text
        assert "You wrote the same" in again.text

    async def test_needs_the_forms_token(self, people: People, slug: str) -> None:
        reader = await people.client(by="cookie")
        reader.headers.pop("x-csrf-token", None)
        answer = await reader.post(f"/articles/{slug}/comments", data={"slug": slug, "body": "Hi"})
        assert answer.status_code == 403

    async def test_acts_of_those_who_moderate(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        reader, keeper = [await people.client(role, by="cookie") for role in ("viewer", "moderator")]
        made = await comment(reader, slug, "Rude words")
        assert f"/comments/{made}/reject" not in await page_of(reader, slug)
        assert f"/comments/{made}/reject" in await page_of(keeper, slug)
        hidden = await send(keeper, f"/comments/{made}/reject", page=slug, slug=slug)
        assert hidden.headers["location"] == f"/articles/{slug}#comment-{made}"
        assert "Rude words" not in await page_of(client, slug)
        assert "hidden" in await page_of(reader, slug)


class TestReact:
    async def test_by_a_button_and_back(self, people: People, slug: str) -> None:
        reader = await people.client(by="cookie")
        for fields, pressed in ({"kind": "like"}, 1), ({"kind": "like", "is_mine": "1"}, 0):
            answer = await send(reader, f"/articles/{slug}/reactions", page=slug, **_text(fields))
            assert answer.status_code == 303
            assert (await page_of(reader, slug)).count('aria-pressed="true"') == pressed
        assert (await send(reader, f"/articles/{slug}/reactions", page=slug, kind="hate")).status_code == 422


def _text(fields: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}
