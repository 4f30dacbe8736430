"""Who looks: signed-in people see themselves, strangers never do, and no answer reaches the wrong one."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from markupsafe import Markup

from stoa.main import create_app
from stoa.shared.settings import Settings
from stoa.web.accounts import contexts
from stoa.web.accounts.contexts import (
    ApiKeysPage,
    ConfirmPage,
    DataPage,
    ErasePage,
    KeyRow,
    MailRow,
    MailSentPage,
    MailsPage,
    PasswordPage,
    ProfilePage,
    RegisterPage,
    ResetPage,
    Scope,
    SessionsPage,
    SignedIn,
    SignInPage,
    VerifyPage,
    WelcomePage,
)
from stoa.web.ai.examples import Example, GatewayGuide
from stoa.web.assets import Assets
from stoa.web.contexts import AuthorRef, Pager, Visitor
from stoa.web.forms import FormState
from stoa.web.rendering import TEMPLATES, Pages, environment, names_of
from tests.conftest import client_of
from tests.kept import is_kept, kept
from tests.people import People
from tests.web.forms import SESSION
from tests.web.test_rendering import BARE_META, HOSTILE, SITE, Reader, names_asked_for

WHEN = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def every_page(text: str) -> list[object]:
    """Each page of accounts with everything it can show, `text` wherever somebody may write."""
    fields = ("email", "display_name", "username", "login", "name", "bio", "website", "social_links", "life", "picture")
    names = (*fields, "password", "current_password", "scopes")
    form = FormState(dict.fromkeys(fields, text), dict.fromkeys(names, text), text)
    told = dataclasses.replace(form, errors={}, message=text)
    refused = dataclasses.replace(form, message="")
    signed_in = SignedIn("1", text, text, "token", WHEN, WHEN, is_current=False)
    key = KeyRow("1", text, text, (text,), WHEN, WHEN, WHEN)
    mail = MailRow("1", text, text, Markup("<a>link</a>"), WHEN, text, "danger", text, 3, WHEN, can_go_again=True)
    return [
        RegisterPage(BARE_META, text, form, is_open=True),
        RegisterPage(dataclasses.replace(BARE_META, title=text), text, form, is_open=False),
        SignInPage(BARE_META, text, form, text, text, is_open=True, needs_verified=True),
        MailSentPage(BARE_META, text, form, text, text, "/forgot-password", text, is_sent=True),
        VerifyPage(BARE_META, text, told, text),
        ResetPage(BARE_META, text, refused, text),
        WelcomePage(BARE_META, text, form, text, is_valid=True),
        WelcomePage(dataclasses.replace(BARE_META, title=text), text, form, text, is_valid=False),
        ProfilePage(BARE_META, form, text, AuthorRef("ada", text, text, f"https://x/{text}"), text, is_verified=False),
        PasswordPage(BARE_META, form, text, text),
        SessionsPage(BARE_META, text, (signed_in, dataclasses.replace(signed_in, id="2", is_current=True))),
        ApiKeysPage(BARE_META, form, text, (key,), (Scope(text, text, is_chosen=True),), ((text, text),), text),
        ApiKeysPage(BARE_META, form, text, (), (), (), None, GatewayGuide(text, text, (Example("curl", text, text),))),
        ApiKeysPage(BARE_META, form, text, (), (), (), None),
        DataPage(dataclasses.replace(BARE_META, title=text)),
        ErasePage(BARE_META, form, text),
        ConfirmPage(BARE_META, text, text, "/settings/sessions/end-others", text, "/settings/sessions"),
        MailsPage(BARE_META, text, text, (mail, mail), text, Pager("?a", "?b")),
        MailsPage(BARE_META, None, None, (), text, Pager()),
        MailsPage(dataclasses.replace(BARE_META, title=text), None, None, (), "", Pager()),
    ]


def name(page: object) -> str:
    return type(page).__name__


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(SITE, Assets())


class TestEveryPageOfAccounts:
    @pytest.mark.parametrize("page", every_page(HOSTILE), ids=name)
    def test_is_whole_and_shows_hostile_words_as_words(self, pages: Pages, page: object) -> None:
        html = pages.render(page, Visitor("ada", HOSTILE, f"https://x/{HOSTILE}", True, True, HOSTILE))
        read = Reader(html)
        tags = [tag for tag, _ in read.elements]
        ids = list(read.values("id"))
        controls = [
            a for tag, a in read.elements if tag in {"input", "select", "textarea"} and a.get("type") != "hidden"
        ]
        assert [tags.count(tag) for tag in ("html", "title", "main", "h1")] == [1, 1, 1, 1]
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert not [key for _, found in read.elements for key in found if key == "style" or key.startswith("on")]
        assert any(HOSTILE in text for _, text in read.texts)
        assert len(ids) == len(set(ids))
        assert all(one.get("aria-label") or one.get("id") in set(read.values("for")) for one in controls)

    @pytest.mark.parametrize(
        "kind", [one for one in TEMPLATES if one.__module__ == contexts.__name__], ids=lambda k: k.__name__
    )
    def test_is_documented_and_its_template_uses_exactly_what_it_has(self, kind: type[object]) -> None:
        jinja = environment(SITE, Assets())
        assert names_asked_for(jinja, TEMPLATES[kind]) - set(jinja.globals) == set(names_of(kind))
        assert kind.__doc__
        assert not kind.__doc__.startswith(f"{kind.__name__}(")


class TestWhoLooks:
    async def test_a_signed_in_person_sees_themselves_and_nobody_keeps_it(self, ada: httpx.AsyncClient) -> None:
        answer = await ada.get("/")
        assert "@ada" in answer.text
        assert 'href="/studio"' in answer.text
        assert 'href="/admin/mail"' not in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        assert "Cookie" in answer.headers["vary"]

    async def test_a_stranger_sees_the_way_in(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/", headers={"cookie": f"{SESSION}=not-one-of-ours"})
        assert 'href="/sign-in"' in answer.text
        assert "Sign out" not in answer.text

    @pytest.mark.parametrize(
        "path", ["/settings", "/settings/password", "/settings/sessions", "/settings/api-keys", "/settings/data"]
    )
    async def test_settings_are_kept_by_nobody(self, ada: httpx.AsyncClient, path: str) -> None:
        answer = await ada.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert f'<a href="{path}" aria-current="page">' in answer.text

    async def test_the_words_after_a_form_are_ours(self, ada: httpx.AsyncClient) -> None:
        page = await ada.get("/settings?done=You+won+a+prize")
        assert "prize" not in page.text

    async def test_a_kept_page_is_a_strangers_page(
        self, own_database_url: str, redis_url: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_PAGE_CACHE_MB", "16")
        app = create_app(
            Settings.load(env_file=None), database_url=own_database_url, redis_url=redis_url, data_dir=data_dir
        )
        async with app.router.lifespan_context(app), client_of(app) as stranger:
            people = People(app)
            async with await people.client("creator", by="cookie", display_name="Ada Unseen") as ada:
                assert "Ada Unseen" in (await ada.get("/")).text
                assert "Ada Unseen" not in (await stranger.get("/")).text
                page = await kept(stranger, "/")
                assert "Ada Unseen" not in page.text
                assert "Cookie" in page.headers["vary"]
                assert "Ada Unseen" in (await ada.get("/")).text
                assert is_kept(await stranger.get("/", headers={"cookie": "theme=dark"}))
