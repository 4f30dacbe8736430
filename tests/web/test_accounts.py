"""Coming in and going out by the pages, as a browser without scripts does it."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from stoa.web.private import safe_next
from tests.conftest import client_of
from tests.handling import handle_events
from tests.people import PASSWORD, People
from tests.web.forms import BROWSER, NEW_PASSWORD, SESSION, Shown, send, shown, sign_in

TOKEN = re.compile(r"\?token=([A-Za-z0-9_-]+)")


async def letter(people: People, recipient: str) -> str:
    """The newest mail to an address, as whoever runs the site reads it."""
    await handle_events(people.app)
    async with await people.client("admin", by="cookie") as owner:
        page = await owner.get("/admin/mail", params={"recipient": recipient})
    assert page.status_code == 200
    return page.text


async def link_to(people: People, recipient: str) -> str:
    found = TOKEN.search(await letter(people, recipient))
    assert found
    return found[1]


class TestRegister:
    async def test_sends_a_link_that_confirms_the_address(self, client: httpx.AsyncClient, people: People) -> None:
        fields = {"email": "Eve@Example.org", "display_name": "Eve", "username": "eve", "password": PASSWORD}
        answer = await send(client, "/register", fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/verify-email/resend?done=registered")
        assert "Look into your mail" in (await client.get(answer.headers["location"])).text
        token = await link_to(people, "eve@example.org")
        done = await send(client, "/verify-email", {"token": token}, page=f"/verify-email?token={token}")
        assert done.headers["location"] == "/sign-in?done=verified"
        assert "Your address is confirmed" in (await client.get(done.headers["location"])).text
        assert (await sign_in(client, "eve")).status_code == 303

    async def test_answers_the_same_for_an_address_that_has_an_account(
        self, client: httpx.AsyncClient, people: People
    ) -> None:
        person = await people.person()
        known = await send(client, "/register", {"email": person.email, "password": PASSWORD})
        unknown = await send(client, "/register", {"email": "nobody@example.org", "password": PASSWORD})
        assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])
        assert "You have an account" in await letter(people, person.email)

    async def test_refused_keeps_what_was_typed_but_the_password(self, client: httpx.AsyncClient) -> None:
        fields = {"email": "<eve>@", "display_name": 'Eve "the" <b>', "username": "", "password": "a secret one"}
        answer = await send(client, "/register", fields)
        page = Shown(answer.text)
        assert answer.status_code == 422
        assert page.typed["email"] == "<eve>@"
        assert page.typed["display_name"] == 'Eve "the" <b>'
        assert "a secret one" not in answer.text
        assert page.error("email")
        assert "autofocus" in page.controls["email"]
        assert "<b>" not in answer.text

    async def test_refuses_a_common_password_at_its_field(self, client: httpx.AsyncClient) -> None:
        answer = await send(client, "/register", {"email": "eve@example.org", "password": "password1"})
        assert answer.status_code == 422
        assert Shown(answer.text).error("password")

    async def test_tells_what_is_missing(self, client: httpx.AsyncClient) -> None:
        page = Shown((await send(client, "/register", {"email": "", "password": ""})).text)
        assert page.error("email") == page.error("password") == "Fill this in."

    @pytest.mark.parametrize(
        "body",
        [
            "email=a%40example.org&password=x&role=admin",
            "email=a%40example.org&email=b%40example.org",
            "email=%00",
            f"email={'x' * 20_000}",
            "&".join(f"f{n}=x" for n in range(5000)),
        ],
        ids=["unknown", "repeated", "nul", "long", "many"],
    )
    async def test_refuses_what_no_browser_sends(self, client: httpx.AsyncClient, body: str) -> None:
        token = (await shown(client, "/register")).token
        headers = {**BROWSER, "content-type": "application/x-www-form-urlencoded"}
        answer = await client.post("/register", content=f"csrf_token={token}&{body}", headers=headers)
        assert answer.status_code == 400
        assert "<h1" in answer.text

    async def test_is_not_there_where_registration_is_closed(
        self, db: Database, redis_url: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_REGISTRATION", "closed")
        settings = Settings.load(env_file=None)
        app = create_app(settings, database_url=db.url, redis_url=redis_url, data_dir=data_dir, database=db)
        async with app.router.lifespan_context(app), client_of(app) as client:
            page = await shown(client, "/register")
            assert "email" not in page.controls
            assert "/register" not in (await client.get("/sign-in")).text


class TestSignIn:
    async def test_sets_a_cookie_that_scripts_and_other_sites_never_get(self, ada: httpx.AsyncClient) -> None:
        await ada.post("/sign-out", data={"csrf_token": (await shown(ada, "/settings")).token}, headers=BROWSER)
        answer = await sign_in(ada, "ada@example.com")
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION)).lower()
        assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "max-age=" in cookie
        assert answer.headers["cache-control"] == "no-store"

    async def test_marks_the_cookie_secure_on_https(
        self, db: Database, redis_url: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_PUBLIC_URL", "https://porch.example")
        app = create_app(
            Settings.load(env_file=None), database_url=db.url, redis_url=redis_url, data_dir=data_dir, database=db
        )
        async with app.router.lifespan_context(app), client_of(app, headers={"host": "porch.example"}) as client:
            await People(app).person(username="ada", with_password=True)
            page = await client.get("/sign-in")
            form_cookie = page.headers["set-cookie"]
            answer = await client.post(
                "/sign-in",
                data={"login": "ada", "password": PASSWORD, "csrf_token": Shown(page.text).token},
                headers={"cookie": form_cookie.partition(";")[0], "origin": "https://porch.example"},
            )
        assert answer.status_code == 303, answer.text
        assert "secure" in form_cookie.lower()
        assert answer.headers["set-cookie"].startswith("__Host-stoa_session=")
        assert "secure" in answer.headers["set-cookie"].lower()

    async def test_begins_a_new_session_and_ends_the_former(self, people: People, app: FastAPI) -> None:
        await people.person(username="ada", with_password=True)
        async with client_of(app) as client:
            form = await shown(client, "/sign-in")
            secrets = []
            for _ in range(2):
                await client.post(
                    "/sign-in",
                    data={"csrf_token": form.token, "login": "ada", "password": PASSWORD},
                    headers=BROWSER,
                )
                secrets.append(client.cookies[SESSION])
        assert secrets[0] != secrets[1]
        async with client_of(app, cookies={SESSION: secrets[0]}) as former:
            assert (await former.get("/settings")).status_code == 303
        async with client_of(app, cookies={SESSION: secrets[1]}) as present:
            assert (await present.get("/settings")).status_code == 200

    async def test_leads_to_where_somebody_wanted_to_go(self, client: httpx.AsyncClient, people: People) -> None:
        await people.person(username="ada", with_password=True)
        asked = await client.get("/settings/sessions?done=saved")
        assert asked.headers["location"] == "/sign-in?next=%2Fsettings%2Fsessions%3Fdone%3Dsaved"
        form = await shown(client, asked.headers["location"])
        answer = await sign_in(client, "ada", next=form.typed["next"])
        assert answer.headers["location"] == "/settings/sessions?done=saved"
        assert (await client.get("/sign-in?next=/tags")).headers["location"] == "/tags"

    @pytest.mark.parametrize("bad", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"])
    async def test_never_leads_to_another_site(self, client: httpx.AsyncClient, people: People, bad: str) -> None:
        await people.person(username="ada", with_password=True)
        assert (await sign_in(client, "ada", next=bad)).headers["location"] == "/"

    async def test_says_the_same_for_a_wrong_password_and_an_unknown_name(
        self, client: httpx.AsyncClient, people: People
    ) -> None:
        await people.person(username="ada", with_password=True)
        wrong, unknown = await sign_in(client, "ada", "not this one"), await sign_in(client, "bob", "not this one")
        assert wrong.status_code == unknown.status_code == 400
        assert Shown(wrong.text).typed["login"] == "ada"
        assert wrong.text.replace('value="ada"', "") == unknown.text.replace('value="bob"', "")
        assert "not this one" not in wrong.text

    async def test_says_when_to_try_again(self, client: httpx.AsyncClient, people: People) -> None:
        await people.person(username="ada", with_password=True)
        answers = [await sign_in(client, "ada", "not this one") for _ in range(7)]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert "Try again in" in Shown(answers[-1].text).text

    async def test_needs_the_forms_own_token_and_origin(self, client: httpx.AsyncClient, people: People) -> None:
        await people.person(username="ada", with_password=True)
        token = (await shown(client, "/sign-in")).token
        fields = {"login": "ada", "password": PASSWORD, "csrf_token": token}
        foreign = {"origin": "https://evil.example"}
        refused = [
            await client.post("/sign-in", data={**fields, "csrf_token": ""}, headers=BROWSER),
            await client.post("/sign-in", data={**fields, "csrf_token": token[:-2] + "xx"}, headers=BROWSER),
            await client.post("/sign-in", data=fields, headers=foreign),
            await client.post("/sign-in", data=fields, headers={**BROWSER, "sec-fetch-site": "cross-site"}),
            await client.post("/sign-in", data=fields),
        ]
        assert [answer.status_code for answer in refused] == [403] * 5
        assert SESSION not in client.cookies
        assert (await client.post("/sign-in", data=fields, headers=BROWSER)).status_code == 303

    @pytest.mark.parametrize(
        ("asked", "led"),
        [
            ("/studio?page=2", "/studio?page=2"),
            ("/search?q=https://a.example", "/search?q=https://a.example"),
            ("", "/"),
            (None, "/"),
            ("studio", "/"),
            ("/a//b", "/"),
            ("/a\nb", "/"),
            ("\t//evil.example", "/"),
            ("/" + "a" * 3000, "/"),
        ],
    )
    def test_goes_on_within_the_site_only(self, asked: str | None, led: str) -> None:
        assert safe_next(asked) == led


class TestSignOut:
    async def test_ends_the_session_for_good(self, ada: httpx.AsyncClient, app: FastAPI) -> None:
        secret = ada.cookies[SESSION]
        token = (await shown(ada, "/settings")).token
        answer = await ada.post("/sign-out", data={"csrf_token": token}, headers=BROWSER)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert SESSION not in ada.cookies
        async with client_of(app, cookies={SESSION: secret}) as stolen:
            assert (await stolen.get("/settings")).status_code == 303

    async def test_is_not_done_by_a_link_or_another_site(self, ada: httpx.AsyncClient) -> None:
        token = (await shown(ada, "/settings")).token
        assert (await ada.get("/sign-out")).status_code == 405
        assert (await ada.post("/sign-out", data={}, headers=BROWSER)).status_code == 403
        foreign = await ada.post("/sign-out", data={"csrf_token": token}, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert (await ada.get("/settings")).status_code == 200

    async def test_of_a_session_that_ended_already_is_no_fault(self, app: FastAPI) -> None:
        async with client_of(app, cookies={SESSION: "x" * 43}) as client:
            answer = await client.post("/sign-out", data={"csrf_token": "old"}, headers=BROWSER)
        assert answer.status_code == 303


class TestLinksOfMails:
    @pytest.mark.parametrize("path", ["/verify-email", "/reset-password", "/welcome"])
    async def test_their_pages_tell_nobody_the_address(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(f"{path}?token=abcdefghijklmnop")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in answer.text
        assert "abcdefghijklmnop" not in answer.text.partition("<body>")[0]

    async def test_opening_one_changes_nothing(self, client: httpx.AsyncClient, people: People) -> None:
        person = await people.person(is_verified=False)
        await send(client, "/verify-email/resend", {"email": person.email})
        token = await link_to(people, person.email)
        for _ in range(2):
            assert (await client.get(f"/verify-email?token={token}")).status_code == 200
        form = {"token": token}
        page = f"/verify-email?token={token}"
        assert (await send(client, "/verify-email", form, page=page)).status_code == 303
        spent = await send(client, "/verify-email", form, page=page)
        assert spent.status_code == 400
        assert "Ask for a new link" in spent.text

    async def test_one_sets_a_new_password_once(self, client: httpx.AsyncClient, people: People, app: FastAPI) -> None:
        person = await people.person(username="ada", with_password=True)
        async with client_of(app) as other:
            await sign_in(other, "ada")
            answer = await send(client, "/forgot-password", {"email": person.email})
            assert answer.headers["location"] == "/forgot-password?done=reset"
            token = await link_to(people, person.email)
            page = f"/reset-password?token={token}"
            weak = await send(client, "/reset-password", {"token": token, "password": "short"}, page=page)
            assert Shown(weak.text).error("password")
            fields = {"token": token, "password": NEW_PASSWORD}
            done = await send(client, "/reset-password", fields, page=page)
            assert done.headers["location"] == "/sign-in?done=password-set"
            assert (await other.get("/settings")).status_code == 303
        assert (await send(client, "/reset-password", fields, page=page)).status_code == 400
        assert (await sign_in(client, "ada", NEW_PASSWORD)).status_code == 303

    async def test_asking_never_tells_whether_there_is_an_account(
        self, client: httpx.AsyncClient, people: People
    ) -> None:
        person = await people.person()
        for path in ("/forgot-password", "/verify-email/resend"):
            known = await send(client, path, {"email": person.email})
            unknown = await send(client, path, {"email": "nobody@example.org"})
            assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])

    async def test_the_first_owner_is_made_once_and_is_signed_in(self, client: httpx.AsyncClient, db: Database) -> None:
        link = await db.transact(lambda session: owner_link(session, ""))
        assert link
        fields = {"token": link.partition("=")[2], "display_name": "Ada", "email": "ada@example.org"}
        refused = await send(client, "/welcome", {**fields, "password": "short"}, page=link)
        assert Shown(refused.text).typed["display_name"] == "Ada"
        made = await send(client, "/welcome", {**fields, "password": PASSWORD}, page=link)
        assert made.status_code == 303
        assert (await client.get("/admin/mail")).status_code == 200
        assert "This link does not work any more" in (await client.get(link)).text
