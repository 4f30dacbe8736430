"""Following in a real browser: the button is pressed in place, and the pages fit every screen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.factories import publish_all
from tests.fitting import assert_fits
from tests.people import People
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
PATHS = ("/following", "/authors/ada-lovelace", "/tags/water", "/articles/ponds")


@pytest.fixture
async def visit(
    own_database_url: str, redis_url: str, tmp_path: Path, settings: Settings
) -> AsyncIterator[tuple[str, BrowserContext]]:
    """The address of a running site, and a browser in which a reader is signed in."""
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        await publish_all(
            app.state.database,
            [
                {"title": "Ponds", "tags": ["Water"]},
                {"title": "Fires", "tags": ["Fire"], "author": "Grace Hopper-von-Hohenstein-Wittgenberg"},
            ],
        )
        cookies = dict((await People(app).client(by="cookie", display_name="Emmy")).cookies)
    with served(own_database_url, redis_url, tmp_path) as site:
        async with launched_browser() as browser:
            yield site, await signed_in(browser, site, cookies)


async def signed_in(browser: Browser, site: str, cookies: dict[str, str]) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    return context


async def opened(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """A page, and the list that errors of its console go to."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(address)
    return page, faults


async def test_a_reader_follows_without_leaving_the_page(visit: tuple[str, BrowserContext]) -> None:
    site, context = visit
    page, faults = await opened(context, f"{site}/articles/ponds")
    await page.evaluate("window.isSamePage = true")
    button = page.get_by_role("button", name="Follow Ada Lovelace")
    await expect(button).to_have_attribute("aria-pressed", "false")
    await button.press("Enter")
    button = page.get_by_role("button", name="Following Ada Lovelace")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(button).to_be_focused()
    assert await page.evaluate("window.isSamePage")

    await page.goto(f"{site}/following")
    await expect(page.get_by_role("link", name="Ponds")).to_be_visible()
    await page.get_by_role("button", name="Unfollow Ada Lovelace").click()
    await page.get_by_role("button", name="Follow Ada Lovelace").click()
    await page.get_by_role("button", name="Unfollow Ada Lovelace").click()
    await expect(page.get_by_role("button", name="Follow Ada Lovelace")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("You follow nobody yet")).to_be_visible()
    assert faults == []


async def test_whoever_is_signed_out_meanwhile_is_told(visit: tuple[str, BrowserContext]) -> None:
    site, context = visit
    page, _ = await opened(context, f"{site}/tags/water")
    await context.clear_cookies()
    await page.get_by_role("button", name="Follow Water").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits(visit: tuple[str, BrowserContext], width: int, scheme: str) -> None:
    site, context = visit
    page, faults = await opened(context, f"{site}/following")
    await page.set_viewport_size({"width": width, "height": 800})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("/articles/fires", *PATHS):
        await page.goto(site + path)
        await assert_fits(page, width, path)
        if await page.locator(".follow-button[aria-pressed=false]").count():
            await page.locator(".follow-button").click()
            await expect(page.locator(".follow-button[aria-pressed=true]")).to_have_count(1)
    await page.goto(f"{site}/following")
    assert await page.locator(".followed-one").count() == 3
    await assert_fits(page, width)
    assert faults == []
