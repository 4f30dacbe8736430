"""The editor in a real browser: a draft that saves itself, two people with one text, pictures, and times."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.people import People
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served
from tests.web.test_studio_browser import opened, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
PICTURE = "/media/ab/0123456789abcdef-640x480.png"


@pytest.fixture
async def desks(
    own_database_url: str, redis_url: str, tmp_path: Path, settings: Settings
) -> AsyncIterator[tuple[str, BrowserContext, BrowserContext]]:
    """A running site, and two browsers of one creator."""
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        cookies = dict((await People(app).client("creator", by="cookie", display_name="Ada Example")).cookies)
    with served(own_database_url, redis_url, tmp_path) as site:
        async with launched_browser() as browser:
            yield site, await signed_in(browser, site, cookies), await signed_in(browser, site, cookies)


async def typed(page: Page, words: str) -> None:
    text = page.get_by_label("Text", exact=True)
    await text.fill("")
    await text.press_sequentially(words)


async def test_a_draft_saves_itself_and_a_second_browser_is_told(
    desks: tuple[str, BrowserContext, BrowserContext],
) -> None:
    site, one, other = desks
    first, faults = await opened(one, f"{site}/studio/new")
    await first.get_by_label("Title", exact=True).fill("Herons")
    await typed(first, "They wait.")
    await expect(first.locator("[data-save-state]")).to_contain_text("Saved", timeout=15_000)
    assert first.url == f"{site}/studio/articles/herons"
    second, _ = await opened(other, first.url)
    await expect(second.get_by_label("Text", exact=True)).to_have_value("They wait.")
    await typed(first, "They wait for fish.")
    await expect(first.locator("[data-save-state]")).to_contain_text("Saved ", timeout=15_000)
    await typed(second, "They wait for frogs.")
    look = second.get_by_role("button", name="look at both")
    await look.click(timeout=15_000)
    await expect(second.get_by_role("heading", name="Saved in between")).to_be_visible()
    await expect(second.locator("del").first).to_have_text("They wait for fish.")
    await expect(second.get_by_label("Text", exact=True)).to_have_value("They wait for frogs.")
    assert faults == []


async def test_a_pasted_picture_is_sent_and_stands_in_the_text(
    desks: tuple[str, BrowserContext, BrowserContext],
) -> None:
    site, one, _ = desks
    sent: list[str] = []

    async def keep(route: Route) -> None:
        sent.append(route.request.headers["content-type"])
        await route.fulfill(status=201, content_type="application/json", body=json.dumps({"url": PICTURE}))

    await one.route("**/api/v1/uploads", keep)
    page, _ = await opened(one, f"{site}/studio/new")
    await page.get_by_label("Text", exact=True).focus()
    await page.evaluate(
        """png => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
          data.items.add(new File([bytes], "grey_heron.png", { type: "image/png" }));
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        PNG,
    )
    await expect(page.get_by_label("Text", exact=True)).to_have_value(f"![grey heron]({PICTURE})")
    assert sent[0].startswith("multipart/form-data")


async def test_a_time_is_the_readers_own_and_bold_is_a_key_away(
    desks: tuple[str, BrowserContext, BrowserContext],
) -> None:
    site, one, _ = desks
    page, _ = await opened(one, f"{site}/studio/new")
    await page.get_by_label("Title", exact=True).fill("Later")
    text = page.get_by_label("Text", exact=True)
    await text.fill("soon")
    await text.press("Control+a")
    await text.press("Control+b")
    await expect(text).to_have_value("**soon**")
    time = page.get_by_label("Day and time")
    await time.fill("2027-01-05T09:30")
    await page.get_by_role("button", name="Schedule").click()
    await page.wait_for_url("**/studio/articles/later")
    await expect(time).to_have_value("2027-01-05T09:30")
    await expect(page.locator(".editor-goes-out")).to_contain_text("2027")
