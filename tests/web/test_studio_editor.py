"""What belongs to one article in the studio: autosave, scheduling, revisions and preview links, by forms alone."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import client_of
from tests.people import People
from tests.web.studio import WORDS, sent, shown, written


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator", by="cookie", display_name="Ada Example")


def ahead(**how_far: int) -> str:
    return (datetime.now(UTC) + timedelta(**how_far)).strftime("%Y-%m-%dT%H:%M")


class TestAutosave:
    async def test_makes_a_draft_and_goes_on_from_it(self, writer: httpx.AsyncClient) -> None:
        made = (await sent(writer, "/studio/new/autosave")).json()
        assert made["url"] == "/studio/articles/a-walk"
        saved = await sent(writer, f"{made['url']}/autosave", body="More.", version=made["version"])
        assert saved.json()["version"] == made["version"] + 1
        assert (await shown(writer, made["url"])).fields["body"] == "More."

    async def test_of_what_somebody_else_changed_is_refused_and_changes_nothing(
        self, writer: httpx.AsyncClient
    ) -> None:
        path = await written(writer)
        assert (await sent(writer, f"{path}/autosave", body="Theirs.", version=1)).status_code == 200
        assert (await sent(writer, f"{path}/autosave", body="Mine.", version=1)).status_code == 412
        assert (await shown(writer, path)).fields["body"] == "Theirs."

    async def test_sent_twice_because_the_answer_was_lost_is_no_conflict(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer)
        first = await sent(writer, f"{path}/autosave", body="More.", version=1)
        again = await sent(writer, f"{path}/autosave", body="More.", version=1)
        assert (again.status_code, again.json()) == (200, first.json())

    async def test_never_changes_what_readers_see(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, act="publish")
        version = (await shown(writer, path)).fields["version"]
        assert (await sent(writer, f"{path}/autosave", body="Half a", version=version)).status_code == 409
        page = await shown(writer, path)
        assert page.fields["body"] == WORDS
        assert not any("data-autosave" in given for _, given in page.elements)

    async def test_says_which_field_is_refused(self, writer: httpx.AsyncClient) -> None:
        answer = await sent(writer, "/studio/new/autosave", slug="No slug")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.slug"


class TestSchedule:
    async def test_is_set_changed_and_cancelled(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, act="schedule", publish_at=ahead(days=2))
        page = await shown(writer, path)
        assert "Scheduled" in page.text
        later = ahead(days=3)
        assert (await sent(writer, path, act="schedule", publish_at=later, version=page.fields["version"])).is_redirect
        page = await shown(writer, path)
        assert page.fields["publish_at"] == later
        await sent(writer, path, act="unpublish", version=page.fields["version"])
        assert "Schedule" in (await shown(writer, path)).text
        assert (await shown(writer, path)).fields["publish_at"] == ""

    @pytest.mark.parametrize("time", ["", "soon", "2001-01-01T08:00", "9999-12-31T23:59"])
    async def test_at_no_time_ahead_saves_nothing(self, writer: httpx.AsyncClient, time: str) -> None:
        path = await written(writer)
        answer = await sent(writer, path, act="schedule", publish_at=time, body="New.", version=1)
        assert answer.status_code == 422
        assert "f_publish_at-error" in answer.text
        assert (await shown(writer, path)).fields["body"] == WORDS


class TestFields:
    async def test_kind_readers_comments_language_and_excerpt_are_kept(self, writer: httpx.AsyncClient) -> None:
        given = {"kind": "page", "visibility": "members", "has_comments": "no", "language": "de", "excerpt": "Short."}
        path = await written(writer, **given)
        answer = (await writer.get(f"/api/v1{path.removeprefix('/studio')}")).json()
        assert answer["kind"] == "page"
        assert (answer["visibility"], answer["has_comments"]) == ("members", False)
        assert (answer["language"], answer["excerpt"]) == ("de", "Short.")

    async def test_an_excerpt_made_from_the_text_follows_the_text(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, body="First words.")
        page = await shown(writer, path)
        assert page.fields["excerpt"] == ""
        await sent(writer, path, body="Other words.", version=1, excerpt=page.fields["excerpt"])
        answer = await writer.get(f"/api/v1{path.removeprefix('/studio')}")
        assert answer.json()["excerpt"] == "Other words."


class TestRevisions:
    async def test_are_listed_compared_and_restored(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, body="One line.\n\nA red fox.")
        await sent(writer, path, title="A run", body="One line.\n\nA blue fox.", version=1)
        text = (await shown(writer, f"{path}/revisions")).text
        assert "A run" in text
        assert "A walk" in text
        compared = (await writer.get(f"{path}/revisions/compare", params={"before": 1, "after": 2})).text
        assert "<del>red </del>" in compared
        assert "<ins>blue </ins>" in compared
        page = await shown(writer, f"{path}/revisions/1/restore")
        answer = await writer.post(f"{path}/revisions/1/restore", files={"version": (None, page.fields["version"])})
        assert answer.headers["location"] == f"{path}?done=reverted"
        back = (await shown(writer, path)).fields
        assert (back["title"], back["body"]) == ("A walk", "One line.\n\nA red fox.")

    async def test_one_is_shown_as_text_and_as_readers_see_it(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, body="*soft*\n\n<script>alert(1)</script>")
        html = (await writer.get(f"{path}/revisions/1")).text
        assert "<em>soft</em>" in html
        assert "<script>alert(1)" not in html
        assert (await writer.get(f"{path}/revisions/9")).status_code == 404

    async def test_a_restore_over_a_newer_save_is_told(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer)
        await sent(writer, path, body="Second.", version=1)
        answer = await writer.post(f"{path}/revisions/1/restore", files={"version": (None, "1")})
        assert answer.status_code == 412
        assert "saved in between" in answer.text
        assert (await shown(writer, path)).fields["body"] == "Second."

    async def test_are_nobody_elses(self, writer: httpx.AsyncClient, people: People) -> None:
        path = await written(writer)
        other = await people.client("creator", by="cookie")
        for page in ("", "/1", "/1/restore", "/compare"):
            assert (await other.get(f"{path}/revisions{page}")).status_code == 404


class TestPreviewLinks:
    async def test_show_a_draft_until_they_are_revoked(self, writer: httpx.AsyncClient, app: FastAPI) -> None:
        path = await written(writer, body="Not *out* yet.")
        made = await sent_days(writer, path, "7")
        link = made.text.partition('id="new-link">')[2].partition("<")[0]
        async with client_of(app) as stranger:
            answer = await stranger.get(httpx.URL(link).path)
            assert answer.status_code == 200
            assert "Not <em>out</em> yet." in answer.text
            assert "Preview, until" in answer.text
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "noindex" in answer.headers["x-robots-tag"]
            assert 'content="noindex"' in answer.text
            assert 'method="post"' not in answer.text
            await writer.post(f"{path}/preview-links/revoke", files={"csrf_token": (None, "")})
            gone = await stranger.get(httpx.URL(link).path)
            assert gone.status_code == 404
            assert "revoked or has expired" in gone.text

    @pytest.mark.parametrize("days", ["", "0", "31", "two", "999"])
    async def test_of_other_than_1_to_30_days_are_refused(self, writer: httpx.AsyncClient, days: str) -> None:
        answer = await sent_days(writer, await written(writer), days)
        assert answer.status_code == 422
        assert "1 to 30" in answer.text

    async def test_lead_the_author_of_a_draft_to_the_studio_and_nobody_else(
        self, writer: httpx.AsyncClient, people: People, client: httpx.AsyncClient
    ) -> None:
        path = await written(writer)
        public = path.removeprefix("/studio")
        answer = await writer.get(public)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{path}?done=not-out#preview"
        assert "This is not out yet" in (await shown(writer, f"{path}?done=not-out")).text
        assert (await client.get(public)).status_code == 404
        assert (await (await people.client("creator", by="cookie")).get(public)).status_code == 404


async def sent_days(client: httpx.AsyncClient, path: str, days: str) -> httpx.Response:
    return await client.post(f"{path}/preview-links", files={"days": (None, days)})
