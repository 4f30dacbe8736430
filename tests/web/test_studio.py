"""The studio as a writer without JavaScript gets it: every form, and every refusal."""

import re

import httpx
import pytest

from stoa.modules.auth import csrf
from tests.people import People
from tests.web.studio import WORDS, Shown, sent, shown, written


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator", by="cookie", display_name="Ada Example")


@pytest.fixture
async def moderator(people: People) -> httpx.AsyncClient:
    return await people.client("moderator", by="cookie", display_name="Max Muster")


class TestWhoMayCome:
    @pytest.mark.parametrize("path", ["/studio", "/studio/new", "/studio/articles/a-walk"])
    async def test_a_stranger_is_asked_to_sign_in(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=%2Fstudio")

    @pytest.mark.parametrize("path", ["/studio", "/studio/new"])
    async def test_a_reader_may_not(self, people: People, path: str) -> None:
        reader = await people.client("viewer", by="cookie")
        assert (await reader.get(path)).status_code == 403
        assert (await sent(reader, "/studio/new")).status_code == 403

    async def test_its_pages_are_kept_by_nobody(self, writer: httpx.AsyncClient) -> None:
        for path in ("/studio", "/studio/new", await written(writer)):
            answer = await writer.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert 'content="noindex"' in answer.text

    async def test_the_menu_of_a_writer_leads_there(self, writer: httpx.AsyncClient) -> None:
        assert (await shown(writer, "/")).links["Studio"] == "/studio"


class TestForgedForms:
    async def test_without_the_token_nothing_is_made(self, writer: httpx.AsyncClient) -> None:
        del writer.headers[csrf.HEADER]
        assert (await sent(writer, "/studio/new")).status_code == 403
        assert "Write your first article" in (await shown(writer, "/studio")).text

    async def test_the_token_of_the_page_is_enough(self, writer: httpx.AsyncClient) -> None:
        del writer.headers[csrf.HEADER]
        token = (await shown(writer, "/studio/new")).fields["csrf_token"]
        assert (await sent(writer, "/studio/new", csrf_token=token)).status_code == 303

    @pytest.mark.parametrize("act", ["", "/delete", "/restore"])
    async def test_another_site_changes_nothing(self, writer: httpx.AsyncClient, act: str) -> None:
        path = await written(writer)
        writer.headers["origin"] = "https://evil.example"
        answer = await writer.post(path + act, files={"version": (None, "1")})
        assert answer.status_code == 403
        assert (await shown(writer, path)).fields["body"] == WORDS


class TestList:
    async def test_says_what_to_do_first(self, writer: httpx.AsyncClient) -> None:
        page = await shown(writer, "/studio")
        assert "Write your first article" in page.text
        assert page.links["Start writing"] == "/studio/new"

    async def test_shows_the_newest_change_first(self, writer: httpx.AsyncClient) -> None:
        first, _ = await written(writer, title="Alpha"), await written(writer, title="Beta")
        await sent(writer, first, title="Alpha", body="More of it.", version=1)
        text = (await shown(writer, "/studio")).text
        assert 0 < text.index("Alpha") < text.index("Beta")

    async def test_is_filtered_by_status(self, writer: httpx.AsyncClient) -> None:
        await written(writer, title="A draft of mine")
        await written(writer, title="Out in the world", act="publish")
        drafts, published = await shown(writer, "/studio?show=draft"), await shown(writer, "/studio?show=published")
        assert ("A draft of mine" in drafts.text, "Out in the world" in drafts.text) == (True, False)
        assert ("A draft of mine" in published.text, "Out in the world" in published.text) == (False, True)

    async def test_goes_on_over_pages_and_keeps_the_filter(self, writer: httpx.AsyncClient) -> None:
        for number in range(21):
            await written(writer, title=f"Number {number}")
        first = await shown(writer, "/studio?show=draft")
        assert first.links["Older"] == "/studio?show=draft&page=2"
        second = await shown(writer, first.links["Older"])
        assert ("Number 0" in second.links, "Number 20" in second.links) == (True, False)
        await shown(writer, "/studio?show=draft&page=3", 404)

    @pytest.mark.parametrize("query", ["show=nothing", "page=0", "page=x", "whose=his", "page=99999999"])
    async def test_refuses_what_cannot_be_asked(self, writer: httpx.AsyncClient, query: str) -> None:
        await shown(writer, f"/studio?{query}", 422)

    async def test_shows_everybodys_to_moderators_alone(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient, people: People
    ) -> None:
        await written(writer, title="A private thought")
        other = await people.client("creator", by="cookie")
        assert "A private thought" not in (await shown(other, "/studio?whose=everybody")).text
        assert "A private thought" not in (await shown(moderator, "/studio")).text
        everybodys = (await shown(moderator, "/studio?whose=everybody")).text
        assert ("A private thought" in everybodys, "Ada Example" in everybodys) == (True, True)


class TestWrite:
    async def test_saves_a_draft_that_readers_do_not_see(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        answer = await sent(writer, "/studio/new", lead="Out and back.", tags="Slow Work, walking,, ")
        assert answer.headers["location"] == "/studio/articles/a-walk?done=saved"
        page = await shown(writer, answer.headers["location"])
        assert "Draft saved." in page.text
        kept = {name: page.fields[name] for name in ("title", "body", "lead", "tags", "slug", "version")}
        assert kept == {
            "title": "A walk", "body": WORDS, "lead": "Out and back.", "tags": "Slow Work, walking", "slug": "a-walk",
            "version": "1",
        }  # fmt: skip
        assert (await client.get("/articles/a-walk")).status_code == 404

    async def test_publishes_at_once(self, writer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        await written(writer, act="publish", lead="Out and back.")
        assert "Out and back." in (await shown(client, "/articles/a-walk")).text
        page = await shown(writer, "/studio/articles/a-walk?done=published")
        assert page.links["View"] == "/articles/a-walk"
        assert page.acts == ["save", "preview", "unpublish", "archive"]

    async def test_updates_what_is_published(self, writer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        path = await written(writer, act="publish")
        version = (await shown(writer, path)).fields["version"]
        answer = await sent(writer, path, body="Other words.", version=version, meta_title="For engines")
        assert answer.headers["location"] == f"{path}?done=updated"
        read = await client.get("/articles/a-walk")
        assert "Other words." in read.text
        assert "<title>For engines" in read.text

    async def test_unpublishes_and_keeps_what_was_typed(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        path = await written(writer, act="publish")
        version = (await shown(writer, path)).fields["version"]
        await sent(writer, path, body="Not yet.", version=version, act="unpublish")
        assert (await client.get("/articles/a-walk")).status_code == 404
        assert (await shown(writer, path)).fields["body"] == "Not yet."

    async def test_a_new_address_leads_to_the_editor_and_so_does_the_old_one(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer)
        answer = await sent(writer, path, slug="a-stroll", version=1)
        assert answer.headers["location"].startswith("/studio/articles/a-stroll?")
        assert (await writer.get(path)).headers["location"] == "/studio/articles/a-stroll"

    async def test_an_empty_address_stays_what_it_was(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer)
        await sent(writer, path, title="Another title", slug="", version=1)
        assert (await shown(writer, path)).fields["title"] == "Another title"

    async def test_a_text_that_begins_with_an_empty_line_keeps_it(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, body="\r\n\r\nWords.\r\n")
        assert (await shown(writer, path)).fields["body"] == "\n\nWords.\n"

    async def test_a_topic_with_a_comma_in_its_name_stays_one(
        self, writer: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        made = await admin.post("/api/v1/tags", json={"name": "Paris, Texas"})
        assert made.status_code == 201
        path = await written(writer, tags="paris-texas")
        page = await shown(writer, path)
        await sent(writer, path, tags=page.fields["tags"], version=1)
        assert (await shown(writer, path)).fields["tags"] == "paris-texas"

    async def test_shows_how_it_looks_and_keeps_what_was_typed(self, writer: httpx.AsyncClient) -> None:
        for path in ("/studio/new", await written(writer, title="Another")):
            answer = await sent(writer, path, body="Some **strong** words", tags="one", version=1, act="preview")
            assert answer.status_code == 200
            assert "<strong>strong</strong>" in answer.text
            page = Shown(answer.text)
            assert (page.fields["body"], page.fields["tags"]) == ("Some **strong** words", "one")
        assert (await shown(writer, "/studio/articles/another")).fields["body"] == WORDS


class TestRefused:
    REFUSED = (
        ("title", "  ", "Give it a title."),
        ("title", "x" * 201, "at most 200 characters"),
        ("slug", "Not A Slug", "Use a-z, 0-9 and single hyphens"),
        ("cover_url", "javascript:alert(1)", "Give an address that begins with https://"),
        ("cover_url", "https://user:pw@x.example/a.png", "must be an address that begins with https://"),
        ("canonical_url", "http://x.example/", "Give an address that begins with https://"),
        ("tags", ",".join(f"t{n}" for n in range(21)), "at most 20"),
        ("lead", "x" * 2001, "at most 2,000 characters"),
        ("meta_description", "x" * 1001, "at most 1,000 characters"),
    )

    @pytest.mark.parametrize(("name", "value", "message"), REFUSED)
    async def test_says_it_at_the_field_and_keeps_everything(
        self, writer: httpx.AsyncClient, name: str, value: str, message: str
    ) -> None:
        for path in ("/studio/new", await written(writer, title="Another")):
            answer = await sent(writer, path, **{"version": 1, "lead": "My lead", name: value})
            assert answer.status_code == 422
            page = Shown(answer.text)
            assert page.fields[name] == value
            assert page.fields["body"] == WORDS
            assert f"f_{name}-error" in page.message_at(name)
            told = re.search(rf'id="f_{name}-error">.*?</svg>(.*?)</p>', answer.text, re.DOTALL)
            assert told
            assert message in told[1]
        assert (await shown(writer, "/studio/articles/another")).fields["body"] == WORDS

    async def test_a_taken_address_is_told_at_its_field(self, writer: httpx.AsyncClient) -> None:
        await written(writer)
        answer = await sent(writer, "/studio/new", slug="a-walk", body="Mine.")
        page = Shown(answer.text)
        assert answer.status_code == 409
        assert (page.fields["slug"], page.fields["body"]) == ("a-walk", "Mine.")
        assert "f_slug-error" in page.message_at("slug")

    @pytest.mark.parametrize(
        "fields", [{"act": "explode"}, {"owner": "me"}, {"version": "x"}, {"version": "-1"}, {"body": "a\0b"}]
    )
    async def test_a_form_that_is_not_ours_is_refused(self, writer: httpx.AsyncClient, fields: dict[str, str]) -> None:
        path = await written(writer)
        assert (await sent(writer, path, **{"version": 1, **fields})).status_code == 400

    async def test_a_form_of_endless_fields_is_refused(self, writer: httpx.AsyncClient) -> None:
        answer = await sent(writer, "/studio/new", **{f"x{number}": "" for number in range(5000)})
        assert 400 <= answer.status_code < 500


class TestOthers:
    async def test_a_draft_of_somebody_else_is_not_there(self, writer: httpx.AsyncClient, people: People) -> None:
        path = await written(writer)
        other = await people.client("creator", by="cookie")
        await shown(other, path, 404)
        await shown(other, f"{path}/delete", 404)
        assert (await sent(other, path, version=1)).status_code == 404
        assert (await other.post(f"{path}/delete", data={})).status_code in {400, 404}
        assert (await shown(writer, path)).fields["version"] == "1"

    async def test_what_somebody_else_published_cannot_be_changed(
        self, writer: httpx.AsyncClient, people: People
    ) -> None:
        path = await written(writer, act="publish")
        other = await people.client("creator", by="cookie")
        assert (await other.get(path)).status_code == 403
        assert (await sent(other, path, version=1, body="Theirs")).status_code == 403
        assert (await shown(writer, path)).fields["body"] == WORDS

    async def test_a_moderator_may_and_is_told_whose_it_is(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        path = await written(writer)
        assert "an article by Ada Example" in (await shown(moderator, path)).text
        assert (await sent(moderator, path, body="Cleaner words.", version=1)).status_code == 303
        assert (await shown(writer, path)).fields["body"] == "Cleaner words."
