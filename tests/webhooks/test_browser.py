"""The pages of webhooks in a real browser, with a worker that really sends: without scripts, small and large."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from standardwebhooks import Webhook

from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.events.engine import until
from tests.fitting import assert_fits
from tests.people import PASSWORD
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served
from tests.webhooks.receiver import Receiver

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
SHOTS = os.environ.get("TESTS_SHOTS")


@contextmanager
def worker(database_url: str, redis_url: str, folder: Path) -> Iterator[None]:
    environment = {
        **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "STOA_LOG_LEVEL": "error",
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "-m", "stoa", "worker"], env=environment) as running:
        try:
            yield
        finally:
            running.terminate()


@pytest.fixture
async def site(
    own_database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, str]]:
    """The address of a site with a worker, and the link for its owner."""
    monkeypatch.setenv("STOA_PRIVATE_TARGETS", "true")
    async with Database(DatabaseSettings(), own_database_url) as database:
        link = await database.transact(lambda session: owner_link(session, ""))
    assert link
    with served(own_database_url, redis_url, tmp_path) as address, worker(own_database_url, redis_url, tmp_path):
        yield address, address + link


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


async def fits(page: Page, name: str) -> None:
    """Nothing stands beyond the edge of the smallest screens, nor of large ones."""
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        await assert_fits(page, width, name)
        if SHOTS:
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                await page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)


async def test_an_endpoint_from_its_making_to_its_end_without_scripts(
    browser: Browser, site: tuple[str, str], receiver: Receiver
) -> None:
    address, link = site
    page = await (await browser.new_context(java_script_enabled=False)).new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if "Refused" in message.text else None)
    await _become_owner(page, link)
    await page.locator(".menu-button").click()
    await page.get_by_role("link", name="Webhooks", exact=True).click()
    await fits(page, "empty")
    await page.get_by_role("link", name="Add an endpoint").click()
    await fits(page, "new")
    await page.get_by_label("Address").fill(f"{receiver.url}/{'a-rather-long-path-' * 5}?token=0123456789abcdef")
    await page.get_by_label("Description").fill("The newsletter tool")
    await page.get_by_label("All of them").check()
    await page.get_by_role("button", name="Add the endpoint").click()
    secret = await page.locator("#secret").text_content()
    assert secret
    await fits(page, "made")
    await page.goto(f"{address}/admin/webhooks")
    await fits(page, "list")
    await page.get_by_role("link", name="The newsletter tool").click()
    await page.get_by_role("button", name="Send a test").click()

    async def arrived() -> bool:
        return any(got.json["type"] == "webhook.test" for got in receiver.got)

    await until(arrived, "the test at the receiver")
    for got in receiver.got:
        Webhook(secret).verify(got.body, got.headers)
    await expect(page.locator(".toast")).to_contain_text("A test is on its way")
    await _until_text(page, "Answered 200.")
    await fits(page, "one")
    await page.get_by_role("link", name="webhook.test").click()
    await expect(page.get_by_text("Try 1")).to_be_visible()
    await fits(page, "delivery")
    await page.get_by_role("button", name="Send it again").click()
    await expect(page.locator(".toast")).to_contain_text("under the same id")
    await page.get_by_role("link", name="The newsletter tool").click()
    await page.get_by_role("link", name="Make a new secret").click()
    await page.get_by_role("button", name="Make a new secret").click()
    assert await page.locator("#secret").text_content() != secret
    await page.get_by_role("link", name="Delete the endpoint").click()
    await fits(page, "delete")
    await page.get_by_role("button", name="Delete the endpoint").click()
    await expect(page.locator(".toast")).to_have_text("The endpoint is deleted.")
    assert faults == []


async def _until_text(page: Page, text: str) -> None:
    async def there() -> bool:
        await page.reload()
        return text in await page.content()

    await until(there, f"{text} on the page")


async def _become_owner(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_label("Name", exact=True).fill("Ada Owner")
    await page.get_by_label("E-mail").fill("owner@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make it mine").click()
    await page.wait_for_url("**/studio")
