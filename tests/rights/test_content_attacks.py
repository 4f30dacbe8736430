"""What is not out yet, and what waits to be looked at, seen by nobody else by any way; and hostile forms of readers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.moderation.judging import Judgement
from tests.conftest import client_of
from tests.handling import handle_events
from tests.matrix.table import API
from tests.people import People
from tests.rights.pages import ACTIONS
from tests.rights.test_pages import address

SECRET = "quicksilver"
MATCH = {"if-match": "*"}


@dataclass(frozen=True, slots=True)
class Hidden:
    """The articles of one writer that are not for readers, and a public one with a held comment."""

    slugs: tuple[str, ...]
    public: str
    held: str
    writer: str


async def made(client: httpx.AsyncClient, **fields: Any) -> str:
    body = {"title": f"{SECRET} {len(fields)}", "body": f"All about {SECRET}.", "tags": ["metals"], **fields}
    answer = await client.post(f"{API}/articles", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["slug"])


@pytest.fixture
async def hidden(app: FastAPI, people: People) -> Hidden:
    """A draft, a scheduled, an archived, a deleted, a withdrawn one, and one for members."""
    person = await people.person("creator", username="mercury")
    writer = await people.client_of(person)
    reader = await people.client("viewer")
    slugs = [await made(writer) for _ in range(5)]
    slugs.append(await made(writer, visibility="members"))
    _, scheduled, archived, deleted, withdrawn, members = slugs
    for slug in (archived, deleted, withdrawn, members):
        assert (await writer.post(f"{API}/articles/{slug}/publish")).status_code == 200
    said = await reader.post(f"{API}/articles/{withdrawn}/comments", json={"body": f"{SECRET}, said below"})
    assert said.status_code == 201
    when = {"publish_at": "2031-01-01T08:00:00Z"}
    assert (await writer.post(f"{API}/articles/{scheduled}/schedule", json=when)).status_code == 200
    assert (await writer.post(f"{API}/articles/{archived}/archive")).status_code == 200
    assert (await writer.delete(f"{API}/articles/{deleted}")).status_code == 204
    assert (await writer.post(f"{API}/articles/{withdrawn}/unpublish")).status_code == 200
    public = await made(writer, title="Tin", body="A public text.")
    assert (await writer.post(f"{API}/articles/{public}/publish")).status_code == 200
    comment = (await reader.post(f"{API}/articles/{public}/comments", json={"body": f"{SECRET} is held"})).json()
    await app.state.database.transact(
        lambda session: CommentGuard(session).hold(
            UUID(comment["id"]), 1, Judgement(0.9, is_held=True, reason=f"because of {SECRET}")
        )
    )
    return Hidden(tuple(slugs), public, comment["id"], "mercury")


def ways(hidden: Hidden) -> list[str]:
    """Every way a reader may try that is no article's own."""
    lists = [
        "", f"?search={SECRET}", f"?search={SECRET[:-1]}", "?author=mercury", "?tags=metals", "?count=true",
        "?status=draft", "?status=scheduled", "?status=archived", "?status=deleted", "?status=all", "?kind=page",
        f"?status=all&search={SECRET}", "?sort=title&order=asc", f"?search=-nothing%20{SECRET}&count=true",
    ]  # fmt: skip
    return [
        *(f"{API}/articles{query}" for query in lists),
        f"{API}/users/mercury/articles", f"{API}/users/mercury", f"{API}/tags/metals/articles", f"{API}/tags/metals",
        f"{API}/articles/{hidden.public}", f"{API}/articles/{hidden.public}/related?limit=20",
        f"{API}/articles/{hidden.public}/comments", f"{API}/articles/{hidden.public}/comments?sort=newest",
        f"{API}/comments/{hidden.held}", f"{API}/comments/{hidden.held}/replies", f"{API}/feed", f"{API}/follows",
        f"{API}/comments", f"{API}/comments?status=visible", f"{API}/comments?status=deleted",
        f"{API}/notifications", "/", "/tags", "/tags/metals", "/authors/mercury", "/search?q=metals", "/following",
        "/notifications", f"/articles/{hidden.public}", f"/articles/{hidden.public}?sort=newest",
        "/studio", "/studio?whose=all", "/studio?show=draft&whose=all", "/studio?show=all&author=mercury",
        "/studio/calendar", "/studio/calendar?month=2031-01", "/studio/comments", "/studio/comments?show=visible",
        "/studio/comments?show=rejected", "/studio/comments?show=deleted", "/studio?show=deleted&whose=all",
        *(f"{of}/feed.{form}" for of in ("", "/tags/metals", "/authors/mercury") for form in ("rss", "atom", "json")),
        "/sitemap.xml", "/sitemap-1.xml", f"{API}/export", "/studio/new", f"{API}/users/me/export",
    ]  # fmt: skip


def doors(slug: str) -> list[tuple[str, str]]:
    """Everything that can be asked about one article, or done to it."""
    api, studio = f"{API}/articles/{slug}", f"/studio/articles/{slug}"
    return [
        ("GET", api), ("GET", f"{api}/related"), ("GET", f"{api}/comments"), ("GET", f"{api}/revisions"),
        ("GET", f"{api}/revisions/1"), ("GET", f"{api}/revisions/1/diff/1"), ("POST", f"{api}/revisions/1/restore"),
        ("POST", f"{api}/preview-link"), ("DELETE", f"{api}/preview-link"), ("PUT", f"{api}/reactions/like"),
        ("DELETE", f"{api}/reactions/like"), ("POST", f"{api}/comments"), ("POST", f"{api}/publish"),
        ("POST", f"{api}/unpublish"), ("POST", f"{api}/archive"), ("POST", f"{api}/restore"), ("DELETE", api),
        ("GET", f"/articles/{slug}"), ("GET", studio), ("GET", f"{studio}/delete"), ("GET", f"{studio}/revisions"),
        ("GET", f"{studio}/revisions/1"), ("GET", f"{studio}/revisions/compare"), ("GET", f"{studio}/preview-links"),
        ("GET", f"{studio}/revisions/1/restore"),
    ]  # fmt: skip


class TestWhatIsNotOut:
    @pytest.mark.parametrize("role", ["anonymous", "viewer", "creator"])
    async def test_is_found_by_no_list_page_or_feed(
        self, role: str, app: FastAPI, people: People, hidden: Hidden
    ) -> None:
        other = client_of(app) if role == "anonymous" else await people.client(role, by="cookie")
        if role != "anonymous":
            for path in ("users/mercury", "tags/metals"):
                assert (await other.put(f"{API}/{path}/follow")).status_code == 204
        await handle_events(app)
        told = []
        for path in ways(hidden):
            answer = await other.get(path)
            assert answer.status_code < 500, path
            found = answer.text.replace(f"?search={SECRET}", "").replace(f"search?q={SECRET}", "").lower()
            if SECRET in found or (SECRET[:-1] in found and SECRET not in path):
                told.append(path)
        assert told == []

    @pytest.mark.parametrize("role", ["anonymous", "viewer", "creator"])
    async def test_is_not_there_by_its_name(self, role: str, app: FastAPI, people: People, hidden: Hidden) -> None:
        other = client_of(app) if role == "anonymous" else await people.client(role, by="cookie")
        for slug in hidden.slugs:
            for method, path in doors(slug):
                body = {"body": "Words.", "days": 1} if method == "POST" else None
                answer = await other.request(method, path, json=body, headers=MATCH)
                assert answer.status_code in {303, 401, 403, 404, 422}, (method, path, answer.status_code)
                assert SECRET not in answer.text.replace(slug, "").lower(), (method, path)

    async def test_is_counted_nowhere(self, client: httpx.AsyncClient, hidden: Hidden) -> None:
        assert (await client.get(f"{API}/tags/metals")).json()["article_count"] == 1
        assert (await client.get(f"{API}/articles?count=true")).json()["total"] == 1
        assert (await client.get(f"{API}/articles/{hidden.public}/comments")).json()["total"] == 0
        assert (await client.get(f"{API}/articles/{hidden.public}")).json()["comment_count"] == 0

    async def test_a_held_comment_is_seen_by_its_writer_and_moderators_alone(
        self, people: People, client: httpx.AsyncClient, hidden: Hidden
    ) -> None:
        path = f"{API}/comments/{hidden.held}"
        moderator, other = await people.client("moderator"), await people.client("creator")
        assert (await moderator.get(path)).status_code == 200
        for who in (client, other):
            assert (await who.get(path)).status_code == 404
        for act in ("approve", "reject", "restore"):
            assert (await other.post(f"{path}/{act}")).status_code == 404, act
        assert (await other.delete(path)).status_code in {403, 404}
        assert (await other.put(path, json={"body": "Mine."}, headers=MATCH)).status_code == 404
        answer = {"body": "To you.", "parent_id": hidden.held}
        assert (await other.post(f"{API}/articles/{hidden.public}/comments", json=answer)).status_code == 409


class TestForms:
    async def test_a_flood_of_fields_is_refused_everywhere(self, people: People) -> None:
        admin = await people.client("admin", by="cookie")
        flood = {f"field{number}": "x" for number in range(5000)}
        wrong = []
        for action in ACTIONS:
            forms: tuple[dict[str, Any], ...] = ({"data": flood}, {"files": dict.fromkeys(flood, (None, "x"))})
            for form in forms:
                answer = await admin.post(address(action.path), **form)
                if not 400 <= answer.status_code < 500:
                    wrong.append((action.path, *form, answer.status_code))
        assert wrong == []

    @pytest.mark.parametrize("value", ["x" * 9000, "\ud7ff", "-1", "' OR 1=1", "a" * 41, "😀" * 41])
    async def test_odd_values_in_the_forms_below_an_article_are_no_fault_of_the_server(
        self, value: str, people: People, hidden: Hidden
    ) -> None:
        reader = await people.client("viewer", by="cookie")
        said = await reader.post(f"{API}/articles/{hidden.public}/comments", json={"body": "Mine."})
        mine = said.json()["id"]
        wrong = []
        for path, names in (
            (f"/articles/{hidden.public}/comments", ("body", "parent_id", "slug", "sort", "after")),
            (f"/comments/{mine}/edit", ("body", "version", "slug", "sort", "after")),
            (f"/comments/{mine}/delete", ("slug", "sort", "after")),
            (f"/comments/{mine}/restore", ("slug", "sort", "after")),
            (f"/articles/{hidden.public}/reactions", ("kind", "is_mine")),
            (f"/authors/{hidden.writer}/follow", ("next", "back", "is_followed")),
        ):
            for name in names:
                fields = {"body": "Words", "version": "1", "slug": hidden.public} if "comments" in path else {}
                fields = {one: text for one, text in fields.items() if one in names} | {name: value}
                answer = await reader.post(path, data=fields)
                if answer.status_code >= 500:
                    wrong.append((path, name, answer.status_code))
                assert not answer.headers.get("location", "/").startswith(("//", "http://evil", "https://"))
        for query in ("after", "sort", "reply", "edit"):
            answer = await reader.get(f"/articles/{hidden.public}", params={query: value})
            if answer.status_code >= 500:
                wrong.append(("article", query, answer.status_code))
        assert wrong == []
