"""The bell in real browsers: what happens is heard without a reload, in every tab, and after every cut."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.conftest import copy_of_template
from tests.fitting import assert_fits
from tests.notifications.telling import tell
from tests.people import People, Person
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"
PATHS = (
    "/notifications",
    "/notifications?show=unread",
    "/notifications?show=archived",
    "/settings/notifications",
    "/admin/notice-templates",
    "/admin/notice-templates/role_changed",
    "/admin/mail",
    "/unsubscribe/nothing",
)


@dataclass(frozen=True, slots=True)
class House:
    """A served site with its worker, and beside it an application on the same servers, to make people and notices."""

    site: str
    app: FastAPI

    @property
    def people(self) -> People:
        return People(self.app)


@dataclass(slots=True)
class Wire:
    """What lies between a browser and the site, and can be cut."""

    site_port: int
    port: int = 0
    is_cut: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        to_site = await asyncio.open_connection("127.0.0.1", self.site_port)
        ends = {writer, to_site[1]}
        self._open |= ends
        await asyncio.gather(self._pour(reader, to_site[1]), self._pour(to_site[0], writer))
        self._open -= ends

    def cut(self) -> None:
        self.is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await reader.read(65_536):
                writer.write(part)
                await writer.drain()
        writer.close()


@pytest.fixture(scope="module")
async def house(house_redis_url: str) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory(prefix="stoa-bell-") as name:
        folder = Path(name)
        async with copy_of_template() as url:
            with served(url, house_redis_url, folder, with_worker=True) as site:
                settings = Settings.load(env_file=None, public_url=site)
                app = create_app(settings, database_url=url, redis_url=house_redis_url, data_dir=folder)
                async with app.router.lifespan_context(app):
                    yield House(site, app)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.people.person()


@pytest.fixture
async def wire(house: House) -> AsyncIterator[Wire]:
    laid = Wire(urlsplit(house.site).port or 0)
    server = await asyncio.start_server(laid.carry, "127.0.0.1", 0)
    laid.port = server.sockets[0].getsockname()[1]
    yield laid
    laid.cut()
    server.close()
    await server.wait_closed()


async def browser_of(house: House, browser: Browser, person: Person, **options: object) -> BrowserContext:
    """A browser in which that person is signed in."""
    context = await browser.new_context(**options)  # type: ignore[arg-type] # passed through
    async with await house.people.client_of(person, by="cookie") as client:
        [(name, value)] = client.cookies.items()
    await context.add_cookies([{"name": name, "value": value, "url": house.site}])
    return context


async def tab(context: BrowserContext, address: str) -> Page:
    """A page whose bell listens, or knows which tab does."""
    page = await context.new_page()
    await page.goto(address)
    await expect(page.locator("[data-bell]")).to_be_visible()
    return page


def streams(context: BrowserContext) -> list[str]:
    """Gets the address of every stream that this browser opens."""
    opened: list[str] = []
    context.on("request", lambda sent: opened.append(sent.url) if "/notifications/stream" in sent.url else None)
    return opened


async def rings(page: Page, count: int) -> None:
    label = f"Notifications, {count or 'none'} unread"
    await expect(page.locator("[data-bell]")).to_have_attribute("aria-label", label, timeout=20_000)


class TestBell:
    async def test_counts_up_without_a_reload_when_an_admin_acts(
        self, house: House, browser: Browser, bob: Person
    ) -> None:
        page = await tab(await browser_of(house, browser, bob), f"{house.site}/tags")
        await rings(page, 0)
        await expect(page.locator("[data-bell-count]")).to_be_hidden()
        async with await house.people.client("admin") as signed_in:
            headers = {"authorization": signed_in.headers["authorization"]}
        async with httpx.AsyncClient(base_url=house.site, headers=headers) as admin:
            changed = await admin.patch(f"/api/v1/admin/users/{bob.username}", json={"role": "creator"})
            assert changed.status_code == 200, changed.text
        await rings(page, 1)
        await expect(page.locator("[data-bell-count]")).to_have_text("1")
        await expect(page).to_have_title("(1) Topics · Stoa")
        await expect(page.locator("p[role=status]").last).to_have_text(
            "New notification: Your role is creator now. 1 unread."
        )
        await page.locator(".toasts a").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your role is creator now")
        await rings(page, 0)
        await expect(page).to_have_title("Your role is creator now · Stoa")

    async def test_of_two_tabs_one_listens_and_both_know(self, house: House, browser: Browser, bob: Person) -> None:
        context = await browser_of(house, browser, bob)
        opened = streams(context)
        first = await tab(context, house.site)
        second = await tab(context, f"{house.site}/notifications")
        await tell(house.app, "welcome", bob.id)
        for page in (first, second):
            await rings(page, 1)
        assert len(opened) == 1
        await second.get_by_role("link", name="Show what has just come in").click()
        await second.get_by_role("button", name="Mark all as read").click()
        await rings(first, 0)
        await first.close()  # the one that listened
        await tell(house.app, "signed_out", bob.id)
        await rings(second, 1)
        assert len(opened) == 2

    async def test_without_locks_each_tab_listens(self, house: House, browser: Browser, bob: Person) -> None:
        context = await browser_of(house, browser, bob)
        await context.add_init_script(NO_LOCKS)
        opened = streams(context)
        pages = [await tab(context, house.site) for _ in range(2)]
        await tell(house.app, "welcome", bob.id)
        for page in pages:
            await rings(page, 1)
        assert len(opened) == 2

    async def test_after_a_cut_nothing_is_missing_and_nothing_twice(
        self, house: House, browser: Browser, bob: Person, wire: Wire
    ) -> None:
        page = await tab(await browser_of(house, browser, bob), f"http://localhost:{wire.port}/tags")
        await page.evaluate("""() => {
            window.heard = [];
            new MutationObserver((changes) => {
                for (const { addedNodes } of changes) for (const node of addedNodes) heard.push(node.textContent);
            }).observe(document.querySelector(".toasts"), { childList: true });
        }""")
        await tell(house.app, "welcome", bob.id)
        await rings(page, 1)
        for kinds in (("signed_out", "password_changed"), ("session_reused",)):
            wire.cut()
            for kind in kinds:
                await tell(house.app, kind, bob.id)
            wire.mend()
            await rings(page, 3 if "signed_out" in kinds else 4)
        heard = await page.evaluate("heard")
        assert len(heard) == len(set(heard)) == 4

    async def test_says_nothing_to_who_signed_out(self, house: House, browser: Browser, bob: Person) -> None:
        page = await tab(await browser_of(house, browser, bob), house.site)
        await page.locator(".menu-button").click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.locator(".sign-in-link")).to_be_visible()
        await expect(page.locator("[data-bell]")).to_have_count(0)


class TestPages:
    async def test_everything_works_without_scripts(self, house: House, browser: Browser, bob: Person) -> None:
        await tell(house.app, "welcome", bob.id)
        await tell(house.app, "signed_out", bob.id)
        page = await tab(await browser_of(house, browser, bob, java_script_enabled=False), house.site)
        await rings(page, 2)
        await page.locator("[data-bell]").click()
        await page.get_by_role("link", name="Welcome to Stoa").click()
        await rings(page, 1)
        await page.get_by_role("button", name="Archive Welcome to Stoa").click()
        await page.get_by_role("link", name="All", exact=True).click()
        await expect(page.locator(".news-item")).to_have_count(1)
        await page.get_by_role("button", name="Mark all as read").click()
        await rings(page, 0)
        await page.get_by_role("link", name="What reaches you").click()
        await page.get_by_label("Account: Mail").uncheck()
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await expect(page.get_by_label("Account: Mail")).not_to_be_checked()
        await expect(page.get_by_label("Security: Mail, always on")).to_be_disabled()
        await expect(page.get_by_text("A browser asks for push notices with JavaScript")).to_be_visible()

    @pytest.mark.parametrize("width", [320, 1280])
    async def test_every_one_fits_and_nothing_is_blocked(self, house: House, browser: Browser, width: int) -> None:
        owner = await house.people.person("admin")
        for kind in ("welcome", "signed_out"):
            await tell(house.app, kind, owner.id)
        context = await browser_of(house, browser, owner, viewport={"width": width, "height": 800})
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Refused" in message.text else None)
        for path in PATHS:
            await page.goto(house.site + path)
            await expect(page.get_by_role("heading", level=1)).to_have_count(1)
            await assert_fits(page, width, path)
        assert faults == []
