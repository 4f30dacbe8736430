"""Push in a real browser: asked for on a click, undone by another, refused in words; and what the service worker shows.

No push service can be reached from here: what the browser would get from one stands in for it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect

from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.events.engine import until
from tests.notifications.browser import TestBrowser
from tests.people import PASSWORD
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
ENDPOINT = "https://push.example.com/send/of-this-browser"
HERE = "/settings/notifications"
SHOWN = (
    "navigator.serviceWorker.ready.then((worker) => worker.getNotifications())"
    ".then((all) => all.map((one) => [one.title, one.data.url]))"
)
# The browser's own half of a subscription, kept over page loads as a browser keeps it.
ACCEPTING = """
const subscription = () => localStorage.getItem("subscribed") === null ? null : {
  endpoint: %(endpoint)s,
  toJSON: () => (%(subscription)s),
  unsubscribe: async () => (localStorage.removeItem("subscribed"), true),
};
PushManager.prototype.getSubscription = async () => subscription();
PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
  localStorage.setItem("subscribed", JSON.stringify([applicationServerKey, userVisibleOnly]));
  return subscription();
};
"""


@pytest.fixture
async def site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """The address of a running site, and the link for its owner."""
    async with Database(DatabaseSettings(), own_database_url) as database:
        link = await database.transact(lambda session: owner_link(session, ""))
    assert link
    with served(own_database_url, redis_url, tmp_path) as address:
        yield address, address + link


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


async def owner_at(browser: Browser, site: tuple[str, str], script: str = "") -> tuple[BrowserContext, Page]:
    """Signed in, where notices are chosen."""
    address, link = site
    context = await browser.new_context()
    await context.grant_permissions(["notifications"], origin=address)
    if script:
        await context.add_init_script(script)
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_label("Name", exact=True).fill("Ada Owner")
    await page.get_by_label("E-mail").fill("owner@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make it mine").click()
    await page.wait_for_url("**/studio")
    await page.goto(address + HERE)
    return context, page


class TestThisDevice:
    async def test_is_switched_on_and_off(self, browser: Browser, site: tuple[str, str]) -> None:
        wanted = TestBrowser().subscription(ENDPOINT)
        script = ACCEPTING % {"endpoint": json.dumps(ENDPOINT), "subscription": json.dumps(wanted)}
        _, page = await owner_at(browser, site, script)
        await page.get_by_role("button", name="Notify me on this device").click()
        await expect(page.get_by_text("This device takes notices.")).to_be_visible()
        (item,) = (await (await page.request.get(f"{site[0]}/api/v1/notifications/push/subscriptions")).json())["items"]
        assert item["endpoint"] == ENDPOINT
        key = (await (await page.request.get(f"{site[0]}/api/v1/notifications/push/key")).json())["key"]
        assert await page.evaluate("JSON.parse(localStorage.getItem('subscribed'))") == [key, True]
        await page.get_by_role("button", name="Stop on this device").click()
        await expect(page.get_by_role("button", name="Notify me on this device")).to_be_visible()
        assert await page.evaluate("localStorage.getItem('subscribed')") is None
        assert (await (await page.request.get(f"{site[0]}/api/v1/notifications/push/subscriptions")).json())[
            "items"
        ] == []

    async def test_of_which_the_site_knows_nothing_is_offered_anew(
        self, browser: Browser, site: tuple[str, str]
    ) -> None:
        wanted = TestBrowser().subscription(ENDPOINT)
        script = ACCEPTING % {"endpoint": json.dumps(ENDPOINT), "subscription": json.dumps(wanted)}
        _, page = await owner_at(browser, site, script)
        await page.get_by_role("button", name="Notify me on this device").click()
        await page.get_by_role("button", name="Remove Chrome").click()
        await expect(page.get_by_role("button", name="Notify me on this device")).to_be_visible()

    async def test_that_reaches_no_push_service_is_told_so(self, browser: Browser, site: tuple[str, str]) -> None:
        _, page = await owner_at(browser, site)
        await page.get_by_role("button", name="Notify me on this device").click()
        await expect(page.get_by_text("The browser could not reach its push service")).to_be_visible()
        await expect(page.get_by_role("button", name="Notify me on this device")).to_be_enabled()

    async def test_that_blocks_notices_is_told_where_to_allow_them(
        self, browser: Browser, site: tuple[str, str]
    ) -> None:
        script = "Object.defineProperty(Notification, 'permission', { get: () => 'denied' });"
        _, page = await owner_at(browser, site, script)
        await expect(page.get_by_text("This browser blocks notices from this site.")).to_be_visible()
        await expect(page.get_by_role("button", name="Notify me on this device")).to_have_count(0)

    async def test_that_cannot_is_told_so(self, browser: Browser, site: tuple[str, str]) -> None:
        _, page = await owner_at(browser, site, "delete window.PushManager;")
        await expect(page.get_by_text("This browser cannot take notices here.")).to_be_visible()


class TestServiceWorker:
    async def test_shows_what_came_and_leads_to_this_site_alone(self, browser: Browser, site: tuple[str, str]) -> None:
        context, page = await owner_at(browser, site)
        own = {"title": "Password changed", "body": "Was it you?", "url": f"{site[0]}/settings", "tag": "n-1"}
        worker = await registered(context, page)
        for data, title, path in (
            (orjson.dumps(own), "Password changed", "/settings"),
            (orjson.dumps({"title": "Elsewhere", "url": "https://evil.example.com/"}), "Elsewhere", "/notifications"),
            (orjson.dumps({"title": "Script", "url": "javascript:alert(1)"}), "Script", "/notifications"),
            (b"no JSON", "There is something new", "/notifications"),
        ):

            async def is_shown(message: str = data.decode(), wanted: tuple[str, str] = (title, site[0] + path)) -> bool:
                await worker.deliver(site[0], message)  # the browser's tools lose some while the worker starts
                await asyncio.sleep(0.5)
                return list(wanted) in await page.evaluate(SHOWN)

            await until(is_shown, f"the notice {title!r}")


class Worker:
    """The service worker of a page, reached as the browser's push service reaches it."""

    def __init__(self, tools: CDPSession, registration: str) -> None:
        self._tools, self._registration = tools, registration

    async def deliver(self, address: str, data: str) -> None:
        """A push message has come and was decrypted."""
        message = {"origin": address, "registrationId": self._registration, "data": data}
        await self._tools.send("ServiceWorker.deliverPushMessage", message)


async def registered(context: BrowserContext, page: Page) -> Worker:
    found: asyncio.Queue[str] = asyncio.Queue()
    tools = await context.new_cdp_session(page)

    def note(event: dict[str, Any]) -> None:
        for version in event["versions"]:
            if version["status"] == "activated":
                found.put_nowait(version["registrationId"])

    tools.on("ServiceWorker.workerVersionUpdated", note)
    await tools.send("ServiceWorker.enable")
    await page.evaluate(
        "navigator.serviceWorker.register('/service-worker.js').then(() => navigator.serviceWorker.ready)"
    )
    return Worker(tools, await asyncio.wait_for(found.get(), 20))
