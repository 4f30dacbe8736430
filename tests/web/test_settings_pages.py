"""The settings of a person and the mail page, as a browser without scripts uses them."""

import io
import re
import zipfile

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from stoa.web.accounts.mail import with_links
from tests.conftest import client_of
from tests.people import PASSWORD, People
from tests.web.forms import BROWSER, NEW_PASSWORD, SESSION, Shown, send, shown, sign_in


class TestProfile:
    async def test_shows_to_readers_what_was_saved(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        fields = {
            "display_name": "Ada L.",
            "bio": "First line.\r\nSecond <b>line</b>.",
            "website": "https://ada.example/",
            "social_links": "https://social.example/@ada\r\n\r\nhttps://code.example/ada",
            "date_of_birth": "1990-05-17",
        }
        answer = await send(ada, "/settings", fields)
        assert answer.headers["location"] == "/settings?done=saved"
        saved = await shown(ada, answer.headers["location"])
        assert "Saved." in saved.text
        assert saved.typed["date_of_birth"] == "1990-05-17"
        public = (await client.get("/authors/ada")).text
        assert '<a href="https://ada.example/" rel="me nofollow noopener">ada.example</a>' in public
        assert public.count('rel="me nofollow noopener"') == 3
        assert "Second &lt;b&gt;line" in public
        assert "1990" not in public

    async def test_refused_keeps_what_was_typed(self, ada: httpx.AsyncClient) -> None:
        fields = {"display_name": "Ada", "bio": "x" * 501, "website": "javascript:alert(1)", "social_links": ""}
        answer = await send(ada, "/settings", {**fields, "date_of_birth": "tomorrow"})
        page = Shown(answer.text)
        assert answer.status_code == 422
        assert page.error("bio") == "Use at most 500 characters."
        assert page.error("website").startswith("Must be an address")
        assert page.error("date_of_birth")
        assert page.typed["website"] == "javascript:alert(1)"
        assert page.typed["bio"] == "x" * 501

    async def test_sent_after_the_session_ended_says_so(self, ada: httpx.AsyncClient) -> None:
        token = (await shown(ada, "/settings")).token
        ada.cookies.clear()
        answer = await ada.post("/settings", data={"csrf_token": token, "display_name": "Ada"}, headers=BROWSER)
        assert answer.status_code == 401
        assert "You are signed out" in answer.text
        assert 'href="/sign-in"' in answer.text

    async def test_nobody_gives_themselves_more(self, ada: httpx.AsyncClient) -> None:
        answer = await send(ada, "/settings", {"display_name": "Ada", "role": "admin"})
        assert answer.status_code == 400
        assert (await ada.get("/admin/mail")).status_code == 403

    async def test_a_picture_is_shown_and_taken_away(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        file = io.BytesIO()
        Image.new("RGB", (600, 300), "green").save(file, "PNG")
        files = {"picture": ("me.png", file.getvalue(), "image/png")}
        answer = await send(ada, "/settings/avatar", {}, page="/settings", files=files)
        assert answer.headers["location"] == "/settings?done=avatar"
        found = re.search(r'src="(/media/[^"]+)"', (await client.get("/authors/ada")).text)
        assert found
        picture = Image.open(io.BytesIO((await client.get(found[1])).content))
        assert picture.width == picture.height
        await send(ada, "/settings/avatar/remove", {}, page="/settings")
        assert "/media/" not in (await client.get("/authors/ada")).text

    @pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken"])
    async def test_what_is_no_picture_is_refused_at_its_field(self, ada: httpx.AsyncClient, content: bytes) -> None:
        files = {"picture": ("me.png", content, "image/png")}
        answer = await send(ada, "/settings/avatar", {}, page="/settings", files=files)
        assert answer.status_code in {400, 422}
        assert Shown(answer.text).error("picture")

    @pytest.mark.parametrize("path", ["/settings", "/settings/avatar/remove", "/settings/data/erase"])
    async def test_is_changed_by_its_own_forms_only(self, ada: httpx.AsyncClient, path: str) -> None:
        token = (await shown(ada, "/settings")).token
        fields = {"csrf_token": token, "display_name": "Mallory", "password": PASSWORD}
        for sent, headers in (
            (fields, {"origin": "https://evil.example"}),
            ({**fields, "csrf_token": "x"}, BROWSER),
            (fields, {}),
        ):
            assert (await ada.post(path, data=sent, headers=headers)).status_code == 403
        assert (await shown(ada, "/settings")).typed["display_name"] == "Ada"


class TestPassword:
    async def test_a_new_one_ends_every_other_session(self, ada: httpx.AsyncClient, app: FastAPI) -> None:
        async with client_of(app) as other:
            await sign_in(other, "ada")
            fields = {"current_password": PASSWORD, "password": NEW_PASSWORD, "username": "ada"}
            answer = await send(ada, "/settings/password", fields)
            assert answer.headers["location"] == "/settings/password?done=password-changed"
            assert (await other.get("/settings")).status_code == 303
            assert (await sign_in(other, "ada")).status_code == 400
        assert (await ada.get("/settings")).status_code == 200

    async def test_needs_the_old_one(self, ada: httpx.AsyncClient) -> None:
        answer = await send(ada, "/settings/password", {"current_password": "wrong", "password": NEW_PASSWORD})
        page = Shown(answer.text)
        assert page.error("current_password") == "That is not your password."
        assert NEW_PASSWORD not in answer.text


class TestSessions:
    async def test_one_or_all_others_can_be_ended(self, ada: httpx.AsyncClient, app: FastAPI) -> None:
        async with client_of(app) as second, client_of(app) as third:
            await sign_in(second, "ada")
            await sign_in(third, "ada")
            page = (await ada.get("/settings/sessions")).text
            ends = re.findall(r'action="(/settings/sessions/[0-9a-f-]+/end)"', page)
            assert len(ends) == 2
            assert page.count("This device") == 1
            answer = await send(ada, ends[0], {}, page="/settings/sessions")
            assert answer.headers["location"] == "/settings/sessions?done=session-ended"
            alive = [(await one.get("/settings")).status_code for one in (second, third)]
            assert sorted(alive) == [200, 303]
            await send(ada, "/settings/sessions/end-others", {})
            assert [(await one.get("/settings")).status_code for one in (ada, second, third)] == [200, 303, 303]

    async def test_anothers_is_not_there(self, ada: httpx.AsyncClient, people: People, app: FastAPI) -> None:
        await people.person(username="bob", with_password=True)
        async with client_of(app) as bob, client_of(app) as bobs_other:
            await sign_in(bob, "bob")
            await sign_in(bobs_other, "bob")
            page = (await bob.get("/settings/sessions")).text
            end = re.findall(r'action="(/settings/sessions/[0-9a-f-]+/end)"', page)[0]
            assert (await send(ada, end, {}, page="/settings/sessions")).status_code == 404
            assert (await bobs_other.get("/settings")).status_code == 200


class TestApiKeys:
    async def test_one_is_shown_once_works_and_is_ended(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        fields = {"name": "Backup", "life": "30", "scopes": ["create:article", "edit:article"]}
        answer = await send(ada, "/settings/api-keys", fields)
        assert answer.status_code == 201
        assert answer.headers["cache-control"] == "no-store"
        found = re.search(r'<code id="new-key">(stoa_[^<]+)</code>', answer.text)
        assert found
        by_key = {"authorization": f"Bearer {found[1]}"}
        mine = await client.get("/api/v1/users/me", headers=by_key)
        assert mine.json()["permissions"] == ["create:article", "edit:article"]
        page = (await ada.get("/settings/api-keys")).text
        assert found[1] not in page
        asked = re.search(r'href="(/settings/api-keys/[0-9a-f-]+/end)"', page)
        assert asked
        await send(ada, asked[1], {})
        assert (await client.get("/api/v1/users/me", headers=by_key)).status_code == 401
        assert (await ada.get(asked[1])).status_code == 404

    async def test_offers_only_what_one_may_do(self, ada: httpx.AsyncClient) -> None:
        page = (await ada.get("/settings/api-keys")).text
        assert 'value="create:article"' in page
        assert 'value="manage:users"' not in page
        fields = {"name": "Too much", "life": "30", "scopes": ["manage:users"]}
        answer = await send(ada, "/settings/api-keys", fields)
        assert answer.status_code == 422
        assert "no permission of yours" in answer.text
        assert Shown(answer.text).typed["name"] == "Too much"

    async def test_a_life_that_is_not_offered_is_refused(self, ada: httpx.AsyncClient) -> None:
        answer = await send(ada, "/settings/api-keys", {"name": "Backup", "life": "99999999999"})
        assert Shown(answer.text).error("life") == "Choose one of these."


class TestData:
    async def test_can_be_taken_along(self, ada: httpx.AsyncClient) -> None:
        answer = await ada.get("/settings/data/export")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert "account.json" in archive.namelist()
        assert answer.headers["cache-control"] == "no-store"

    async def test_erasing_asks_for_the_password_and_leaves_nothing(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        wrong = await send(ada, "/settings/data/erase", {"password": "wrong"})
        assert Shown(wrong.text).error("password")
        answer = await send(ada, "/settings/data/erase", {"password": PASSWORD, "username": "ada"})
        assert answer.headers["location"] == "/sign-in?done=erased"
        assert SESSION not in ada.cookies
        assert (await client.get("/authors/ada")).status_code == 404
        assert (await sign_in(client, "ada")).status_code == 400


class TestMail:
    async def test_is_for_those_who_may_read_it(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        assert (await client.get("/admin/mail")).headers["location"] == "/sign-in?next=%2Fadmin%2Fmail"
        refused = await ada.get("/admin/mail")
        assert refused.status_code == 403
        assert "<h1" in refused.text

    def test_links_can_be_followed_and_nothing_else_is_html(self) -> None:
        made = with_links('<b>"Hello"</b> at https://a.example/x?a=1&b=<script>, or (http://b.example/y).')
        assert '<a href="https://a.example/x?a=1&amp;b=" rel="noreferrer">' in made
        assert '<a href="http://b.example/y" rel="noreferrer">http://b.example/y</a>).' in made
        assert "<b>" not in made
        assert "<script>" not in made
