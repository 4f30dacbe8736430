"""What reaches somebody: the grid, the telephone, the devices, and the link in mails that ends them."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.modules.notifications.unsubscribing import Unsubscribing
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.conftest import client_of
from tests.notifications.browser import TestBrowser
from tests.people import People
from tests.web.forms import BROWSER, Shown, send, shown

HERE = "/settings/notifications"
NUMBER = "+41 79 123 45 67"


async def cells(client: httpx.AsyncClient, state: str = "checked") -> list[str]:
    """The cells of the grid in that state; without another word, those that are on and can be switched."""
    page = (await client.get(HERE)).text
    return re.findall(rf'name="on" value="([a-z_-]+)" {state}>', page)


async def grid(client: httpx.AsyncClient) -> Shown:
    return await shown(client, HERE)


async def wishes(client: httpx.AsyncClient) -> dict[tuple[str, str], tuple[str, bool]]:
    """What holds for each cell, and whether it was chosen, by the API."""
    rows = (await client.get("/api/v1/notifications/preferences")).json()["items"]
    return {
        (row["category"], cell["channel"]): (cell["wish"], not cell["is_default"])
        for row in rows
        for cell in row["channels"]
    }


async def codes(db: Database) -> list[str]:
    async with db.unit_of_work() as session:
        sent = await session.scalars(
            text("SELECT content ->> 'text' FROM deliveries WHERE channel = 'sms' ORDER BY id")
        )
        return [one[:6] for one in sent]


class TestGrid:
    async def test_shows_what_holds_and_keeps_what_is_chosen(self, ada: httpx.AsyncClient) -> None:
        before = set(await cells(ada))
        assert "account-mail" in before
        assert "account-sms" not in before
        wanted = (before - {"account-mail"}) | {"content-sms"}
        answer = await send(ada, HERE, {"on": sorted(wanted)})
        assert answer.headers["location"] == f"{HERE}?done=saved"
        assert set(await cells(ada)) == wanted

    async def test_what_nobody_changed_goes_on_following_the_defaults(self, ada: httpx.AsyncClient) -> None:
        before = set(await cells(ada))
        await send(ada, HERE, {"on": sorted(before - {"account-mail"})})
        chosen = {place: wish for place, (wish, was_chosen) in (await wishes(ada)).items() if was_chosen}
        assert chosen == {("account", "mail"): "off"}

    async def test_what_is_locked_stays_on(self, ada: httpx.AsyncClient) -> None:
        assert await cells(ada, "checked disabled") == ["security-in_app", "security-mail"]
        await send(ada, HERE, {"on": ["account-in_app"]})
        held = await wishes(ada)
        assert held["security", "mail"] == ("instant", False)
        assert held["security", "push"] == ("off", True)

    async def test_a_cell_that_is_none_changes_nothing(self, ada: httpx.AsyncClient) -> None:
        before = await wishes(ada)
        await send(ada, HERE, {"on": [*await cells(ada), "account-pigeon", "x" * 300]})
        assert await wishes(ada) == before


class TestTelephone:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, notices=settings.notices.model_copy(update={"sms_provider": "twilio"}))

    async def test_is_confirmed_by_the_code_and_taken_away(self, ada: httpx.AsyncClient, db: Database) -> None:
        answer = await send(ada, f"{HERE}/phone", {"number": NUMBER}, page=HERE)
        assert answer.headers["location"] == f"{HERE}?done=code-sent#phone-title"
        assert "+41791234567" in (await grid(ada)).text
        [code] = await codes(db)
        wrong = "000000" if code != "000000" else "111111"
        refused = Shown((await send(ada, f"{HERE}/phone/confirm", {"code": wrong}, page=HERE)).text)
        assert refused.error("code") == "That is not the code we sent last."
        await send(ada, f"{HERE}/phone/confirm", {"code": f"{code[:3]} {code[3:]}"}, page=HERE)
        assert "Confirmed" in (await grid(ada)).text
        await send(ada, f"{HERE}/phone/remove", {}, page=HERE)
        assert "number" in (await grid(ada)).controls

    @pytest.mark.parametrize(("number", "words"), [("", "Fill this in."), ("079 123", "Must begin with +")])
    async def test_what_is_no_number_is_refused_at_its_field(
        self, ada: httpx.AsyncClient, number: str, words: str
    ) -> None:
        answer = await send(ada, f"{HERE}/phone", {"number": number}, page=HERE)
        assert answer.status_code == 422
        assert Shown(answer.text).error("number").startswith(words)
        assert Shown(answer.text).typed["number"] == number

    async def test_only_so_many_codes_are_sent(self, ada: httpx.AsyncClient) -> None:
        answers = [await send(ada, f"{HERE}/phone", {"number": NUMBER}, page=HERE) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
        assert int(answers[3].headers["retry-after"]) > 0
        assert "Enough codes were sent for now." in answers[3].text


class TestWithoutSms:
    async def test_the_page_says_so(self, ada: httpx.AsyncClient) -> None:
        page = await grid(ada)
        assert "This site sends no SMS yet." in page.text
        assert "number" not in page.controls


class TestDevices:
    async def test_are_listed_and_removed(self, ada: httpx.AsyncClient, people: People) -> None:
        token = (await grid(ada)).token
        made = await ada.post(
            "/api/v1/notifications/push/subscriptions",
            json=TestBrowser().subscription("https://push.example.com/send/abc"),
            headers={**BROWSER, "x-csrf-token": token, "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
        )
        assert made.status_code == 201
        assert "Firefox on Linux" in (await grid(ada)).text
        remove = f"{HERE}/devices/{made.json()['id']}/remove"
        bob = await people.client(by="cookie")
        assert (await send(bob, remove, {}, page=HERE)).status_code == 404
        assert (await send(ada, remove, {}, page=HERE)).status_code == 303
        assert "Firefox on Linux" not in (await grid(ada)).text


class TestUnsubscribing:
    @pytest.fixture
    async def link(self, app: FastAPI, ada: httpx.AsyncClient) -> str:
        user_id = UUID((await ada.get("/api/v1/users/me")).json()["id"])
        return Unsubscribing(app.state.auth.keyring, "").link(user_id, "account")

    async def mail(self, ada: httpx.AsyncClient) -> str:
        return (await wishes(ada))["account", "mail"][0]

    async def test_opening_the_link_changes_nothing_and_the_button_ends_the_mails(
        self, link: str, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        page = await client.get(link)
        assert page.status_code == 200
        assert "Account" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-robots-tag"] == "noindex"
        assert await self.mail(ada) == "instant"
        assert f'<form class="form" method="post" action="{link}">' in page.text
        done = await client.post(link, data={})
        assert "have ended" in done.text
        assert await self.mail(ada) == "off"

    @pytest.mark.parametrize("origin", [None, "https://mail.example", "null"])
    async def test_a_mail_program_does_it_in_one_click(
        self, link: str, ada: httpx.AsyncClient, app: FastAPI, origin: str | None
    ) -> None:
        headers = {"origin": origin} if origin else {}
        async with client_of(app) as program:
            for _ in range(2):
                answer = await program.post(link, data={"List-Unsubscribe": "One-Click"}, headers=headers)
                assert answer.status_code == 200
        assert await self.mail(ada) == "off"

    async def test_works_for_somebody_else_who_is_signed_in_here(
        self, link: str, ada: httpx.AsyncClient, people: People
    ) -> None:
        bob = await people.client(by="cookie")
        del bob.headers["x-csrf-token"]
        assert (await bob.post(link)).status_code == 200
        assert await self.mail(ada) == "off"
        assert (await wishes(bob))["account", "mail"][0] == "instant"

    @pytest.mark.parametrize(
        "change", [lambda link: link[:-1], lambda link: link.replace("account", "content"), str.upper]
    )
    async def test_another_link_is_not_known(
        self, link: str, ada: httpx.AsyncClient, client: httpx.AsyncClient, change: Any
    ) -> None:
        for path in (f"/unsubscribe/{change(link.rpartition('/')[2])}", "/unsubscribe/x", f"/unsubscribe/{'x' * 4000}"):
            for answer in (await client.get(path), await client.post(path)):
                assert answer.status_code == 404
                assert "This link does not work" in answer.text
        assert {wish for (_, channel), (wish, _) in (await wishes(ada)).items() if channel == "mail"} == {
            "instant", "off"
        }  # fmt: skip
