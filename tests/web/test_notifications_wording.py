"""The pages of those who run the site: what notices say, and the mails that left or did not."""

import re
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.notifications.telling import listed, tell
from tests.people import People
from tests.web.forms import Shown, send, shown

HERE = "/admin/notice-templates"
WORDS = {"subject": "Now {{ role }}", "short": "You are {{ role }} now.", "text": "Hello {{ person }}\n\nDone."}


@pytest.fixture
async def owner(people: People) -> httpx.AsyncClient:
    client = await people.client("admin", by="cookie")
    del client.headers["x-csrf-token"]  # a browser's forms carry it themselves
    return client


class TestWords:
    async def test_every_kind_can_be_opened(self, owner: httpx.AsyncClient) -> None:
        page = (await owner.get(HERE)).text
        paths = re.findall(rf'href="({HERE}/[a-z_]+)"', page)
        assert len(paths) == len(set(paths)) > 10
        for path in paths:
            assert "How it reads" in (await owner.get(path)).text, path

    async def test_own_words_are_used_from_then_on_and_taken_back(
        self, app: FastAPI, owner: httpx.AsyncClient, people: People
    ) -> None:
        bob = await people.person()
        path = f"{HERE}/role_changed"
        answer = await send(owner, path, {**WORDS, "html": "", "act": "save"})
        assert answer.headers["location"] == f"{path}?done=saved"
        page = await owner.get(path)
        assert "Own words" in (await owner.get(HERE)).text
        assert "own words since" in page.text
        assert "<dd>Now creator</dd>" in page.text
        await tell(app, "role_changed", bob.id, role="moderator", former_role="viewer")
        await send(owner, f"{path}/reset", {}, page=path)
        await tell(app, "role_changed", bob.id, role="viewer", former_role="moderator")
        titles = [item["title"] for item in await listed(await people.client_of(bob))]
        assert titles == ["Your role is viewer now", "Now moderator"]
        assert "Own words" not in (await owner.get(HERE)).text

    async def test_a_look_at_them_saves_nothing(self, owner: httpx.AsyncClient) -> None:
        path = f"{HERE}/role_changed"
        answer = await send(owner, path, {**WORDS, "html": "", "act": "preview"})
        assert "<dd>Now creator</dd>" in answer.text
        assert Shown(answer.text).typed["subject"] == "Now {{ role }}"
        assert "built-in words" in (await owner.get(path)).text

    @pytest.mark.parametrize("act", ["save", "preview"])
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("One\n\n{{ rolle }}", "Line 3: there is no 'rolle' here"),
            ("{{ role", "Line 1: "),
            ("{{ ''.__class__ }}", "Line 1: "),
            ("{% for x in role %}{{ x }}{% endfor %}", "Line 1: loops"),
            ("", "Fill this in."),
        ],
    )
    async def test_a_fault_is_shown_at_its_part_with_its_line(
        self, owner: httpx.AsyncClient, words: str, said: str, act: str
    ) -> None:
        path = f"{HERE}/role_changed"
        answer = await send(owner, path, {**WORDS, "text": words, "html": "", "act": act})
        assert answer.status_code == 422
        page = Shown(answer.text)
        assert page.error("text").startswith(said)
        assert page.typed["text"] == words
        assert "built-in words" in (await owner.get(path)).text

    async def test_what_does_not_work_any_more_can_still_be_mended(
        self, owner: httpx.AsyncClient, db: Database
    ) -> None:
        async with db.unit_of_work() as session:
            await session.execute(
                text("INSERT INTO notification_templates (type, language, subject, short, text)"
                     " VALUES ('welcome', 'en', 'Hi', '{{ gone }}', 'Hi')")
            )  # fmt: skip
        page = await shown(owner, f"{HERE}/welcome")
        assert page.typed["short"] == "{{ gone }}"
        assert "there is no 'gone' here" in page.text

    async def test_is_not_for_everybody(self, ada: httpx.AsyncClient) -> None:
        assert (await ada.get(f"{HERE}/welcome")).status_code == 403
        assert HERE not in (await ada.get("/")).text


async def end_mails(db: Database, state: str, reason: str | None, tries: int) -> None:
    async with db.unit_of_work() as session:
        await session.execute(
            text("UPDATE deliveries SET state = :state, reason = :reason, tries = :tries, next_at = NULL,"
                 " ended_at = now() WHERE channel = 'mail'"),
            {"state": state, "reason": reason, "tries": tries},
        )  # fmt: skip


class TestMails:
    async def test_what_failed_is_shown_with_its_reason_and_sent_again(
        self, app: FastAPI, owner: httpx.AsyncClient, people: People, db: Database
    ) -> None:
        bob = await people.person(email="bob@example.org")
        await tell(app, "welcome", bob.id)
        assert "On its way" in (await owner.get("/admin/mail")).text
        await end_mails(db, "failed", "The mail server refuses the address: 550 no such user", 10)
        page = (await owner.get("/admin/mail", params={"recipient": "bob@example.org"})).text
        assert '<span class="badge badge-danger">Failed</span>' in page
        assert "550 no such user Tried 10 times." in page
        again = re.search(r'action="(/admin/mail/[0-9a-f-]+/send)"', page)
        assert again
        answer = await send(owner, again[1], {"recipient": "bob@example.org"}, page="/admin/mail")
        assert answer.headers["location"] == "/admin/mail?recipient=bob%40example.org&done=mail-again"
        assert "On its way" in (await owner.get(answer.headers["location"])).text
        assert (await send(owner, again[1], {"recipient": ""}, page="/admin/mail")).status_code == 404

    async def test_what_its_receiver_does_not_want_is_not_offered(
        self, app: FastAPI, owner: httpx.AsyncClient, people: People, db: Database
    ) -> None:
        bob = await people.person()
        await tell(app, "article_edited", bob.id, title="Herons")
        page = (await owner.get("/admin/mail")).text
        assert "Not sent" in page
        assert "/send" not in page
        await end_mails(db, "suppressed", "No mail server is set", 1)
        assert "/send" in (await owner.get("/admin/mail")).text

    async def test_says_that_no_server_is_set(self, owner: httpx.AsyncClient) -> None:
        assert "No mail server is set up" in (await owner.get("/admin/mail")).text


class TestMailServer:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, mail=settings.mail.model_copy(update={"smtp_host": "smtp.example.org"}))

    async def test_is_named(self, owner: httpx.AsyncClient) -> None:
        page = (await owner.get("/admin/mail")).text
        assert "It leaves through smtp.example.org." in page
        assert "No mail server" not in page
