"""What notices say: every one of them in words, the site's own instead of the built-in, and nothing hostile kept."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.notifications.catalogue import TYPES
from stoa.modules.notifications.wording.builtin import builtin_words
from stoa.modules.notifications.wording.repository import TemplateRepository
from stoa.modules.notifications.wording.schemas import Words
from stoa.shared.database import Database
from tests.notifications.telling import listed, tell
from tests.people import People

PATH = "/api/v1/admin/notification-templates"
OWN = {
    "subject": "Hi {{ person }}",
    "short": "{{ role | upper }} on {{ site.name }}",
    "text": "Now {{ role }}.\n{{ url }}",
}


async def put(client: httpx.AsyncClient, kind: str = "role_changed", **changes: Any) -> httpx.Response:
    return await client.put(f"{PATH}/{kind}", json={**OWN, **changes})


async def own_texts(admin: httpx.AsyncClient) -> list[str]:
    return [item["type"] for item in (await admin.get(PATH)).json()["items"] if item["is_own"]]


class TestBuiltIn:
    @pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.name)
    def test_every_type_has_words_that_hold_with_its_examples(self, app: FastAPI, kind: Any) -> None:
        templates = builtin_words(kind.name, "en")
        assert app.state.wording.faults(templates, kind) == []
        filled: Words = app.state.wording.filled(templates, app.state.wording.example(kind))
        assert len(filled.short) <= 160  # an SMS
        assert "  " not in filled.text
        for name, value in kind.sample.items():
            if name not in {"event_id", "former_role", "until"}:
                assert str(value) in "\n".join(words for _, words in filled.parts()), name

    async def test_the_list_shows_all_with_what_they_may_name(self, admin: httpx.AsyncClient) -> None:
        items = (await admin.get(PATH)).json()["items"]
        assert [item["type"] for item in items] == list(TYPES)
        [item] = [item for item in items if item["type"] == "api_key_created"]
        assert {variable["name"] for variable in item["variables"]} == {
            "prefix", "person", "url", "site.name", "site.url",
        }  # fmt: skip


class TestOwnWords:
    async def test_take_the_place_of_the_built_in_and_go_again(
        self, app: FastAPI, people: People, admin: httpx.AsyncClient
    ) -> None:
        person = await people.person(display_name="Grace")
        assert (await put(admin)).status_code == 204
        async with await people.client_of(person) as client:
            await tell(app, "role_changed", person.id, role="creator", former_role="viewer", url="/studio")
            [item] = await listed(client)
            assert (item["title"], item["message"]) == ("Hi Grace", "CREATOR on Stoa")
            mails = (await admin.get("/api/v1/admin/mail", params={"recipient": person.email})).json()["items"]
            assert mails[0]["text"] == "Now creator.\nhttp://localhost:8000/studio"
            assert await own_texts(admin) == ["role_changed"]
            assert (await admin.delete(f"{PATH}/role_changed")).status_code == 204
            assert (await admin.delete(f"{PATH}/role_changed")).status_code == 404
            await tell(app, "role_changed", person.id, role="viewer", former_role="creator")
            assert (await listed(client))[0]["title"] == "Your role is viewer now"

    async def test_what_people_wrote_is_escaped_in_html_only(
        self, app: FastAPI, people: People, admin: httpx.AsyncClient
    ) -> None:
        person = await people.person()
        words = {"subject": "{{ title }}", "short": "{{ title }}", "text": "{{ title }}", "html": "<p>{{ title }}</p>"}
        assert (await admin.put(f"{PATH}/article_edited", json=words)).status_code == 204
        async with await people.client_of(person) as client:
            cell = {"category": "content", "channel": "mail", "wish": "instant"}
            await client.put("/api/v1/notifications/preferences", json={"preferences": [cell]})
            await tell(app, "article_edited", person.id, title="<script>1 & 2</script>")
            assert (await listed(client))[0]["title"] == "<script>1 & 2</script>"
        from_log = (await admin.get("/api/v1/admin/mail", params={"recipient": person.email})).json()["items"][0]
        assert from_log["text"] == "<script>1 & 2</script>"
        preview = await admin.post(f"{PATH}/article_edited/preview", json={**words, "html": "{{ '<b>' }}{{ title }}"})
        assert preview.json()["html"] == "&lt;b&gt;A walk by the river"

    async def test_a_preview_keeps_nothing(self, admin: httpx.AsyncClient) -> None:
        shown = await admin.post(f"{PATH}/role_changed/preview", json=OWN)
        assert shown.status_code == 200
        assert shown.json() == {
            "subject": "Hi Ada",
            "short": "CREATOR on Stoa",
            "text": "Now creator.\nhttp://localhost:8000/",
            "html": None,
        }
        assert await own_texts(admin) == []

    async def test_words_that_stopped_working_give_way(
        self, app: FastAPI, people: People, admin: httpx.AsyncClient, db: Database
    ) -> None:
        """A later release may not know any more what they name."""
        person = await people.person()
        kept = Words("Hi {{ nobody }}", "{{ nobody }}", "{{ nobody }}")
        await db.transact(lambda session: TemplateRepository(session).put("ban_lifted", "en", kept))
        assert await own_texts(admin) == ["ban_lifted"]
        await tell(app, "ban_lifted", person.id)
        async with await people.client_of(person) as client:
            assert (await listed(client))[0]["title"] == "You can use your account again"


class TestHostile:
    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("{{ ''.__class__ }}", "'.__class__' is not part of the language"),
            ("{{ site.__init__ }}", "'.__init__' is not part of the language"),
            ("{{ ''['__class__'] }}", "[...]"),
            ("{{ role | attr('__class__') }}", "there is no filter 'attr'"),
            ("{{ cycler.__init__.__globals__ }}", "is not part of the language"),
            ("{{ self }}", "there is no 'self' here"),
            ("{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}", "loops"),
            ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "macros"),
            ("{% set x = role %}{{ x }}", "`set`"),
            ("{{ 'x' * 1000000000 }}", "'mul' is not part of the language"),
            ("{{ 10 ** 10 ** 10 }}", "'pow' is not part of the language"),
            ("{{ '%1000000000d' % 1 }}", "'mod' is not part of the language"),
            ("{{ role | center(1000000000) }}", "there is no filter 'center'"),
            ("{{ role | safe }}", "there is no filter 'safe'"),
            ("{{ role | nope }}", "there is no filter 'nope'"),
            ("{{ role is divisibleby 0 }}", "there is no test 'divisibleby'"),
            ("{% include 'x' %}", "'include' is not part of the language"),
            ("{% extends 'x' %}", "'extends' is not part of the language"),
            ("{{ role() }}", "calls"),
            ("{{ nobody }}", "there is no 'nobody' here; there are former_role, person, role, site, url"),
            ("One.\n{{ role", "line 2"),
            ("{% if role %}", "line 1"),
            ("{{ role < 1 }}", "cannot be filled in"),
            ("{{ role | truncate('x') }}", "cannot be filled in"),
            ("{# only a remark #}", "it comes to 0 characters"),
            ("{{ " + "(" * 2_000 + "role" + ")" * 2_000 + " }}", "nested too deeply"),
            ("{{ " + "not " * 2_000 + "role }}", "nested too deeply"),
            ("{{ site.url }}" * 700, "it comes to 14700 characters with the examples; 1 to 10000 are right"),
        ],
        ids=lambda value: value[:30],
    )
    async def test_is_refused_with_the_cause(self, admin: httpx.AsyncClient, source: str, words: str) -> None:
        refused = await put(admin, text=source)
        assert refused.status_code == 422, refused.text
        assert words in refused.json()["detail"]
        assert refused.json()["errors"][0]["field"] == "body.text"
        assert await own_texts(admin) == []
        assert (await admin.post(f"{PATH}/role_changed/preview", json={**OWN, "text": source})).status_code == 422

    @pytest.mark.parametrize(
        "changes", [{"text": "x" * 10_001}, {"subject": "  "}, {"short": "a\0b"}, {"extra": "x"}, {"subject": None}]
    )
    async def test_is_bounded_before_it_is_read(self, admin: httpx.AsyncClient, changes: dict[str, Any]) -> None:
        assert (await put(admin, **changes)).status_code in {400, 422}
        assert await own_texts(admin) == []

    async def test_two_parts_are_told_at_once(self, admin: httpx.AsyncClient) -> None:
        refused = (await put(admin, subject="{{ a }}", html="{{ b }}")).json()
        assert [fault["field"] for fault in refused["errors"]] == ["body.subject", "body.html"]
