"""Two browsers with one article: no save is written over another unseen, and no word is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import BrowserContext, Locator, Page, Route, expect

from tests.running_site import CHROMIUM, NO_CHROMIUM
from tests.web.test_studio_autosave_browser import desks, typed
from tests.web.test_studio_browser import opened

__all__ = ["desks"]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
Desks = tuple[str, BrowserContext, BrowserContext]


def text_of(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


async def article(context: BrowserContext, site: str, button: str) -> Page:
    """The editor of a new article that says "They wait."; a published one does not save itself."""
    page, _ = await opened(context, f"{site}/studio/new")
    await page.get_by_label("Title", exact=True).fill("Herons")
    await text_of(page).fill("They wait.")
    await page.get_by_role("button", name=button, exact=True).click()
    await page.wait_for_url("**/studio/articles/herons")
    return page


async def saved(page: Page, words: str) -> None:
    await text_of(page).fill(words)
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("status").filter(has_text="aved.").or_(page.get_by_text("Updated:"))).to_be_visible()


async def sent_when_signed_out(context: BrowserContext, page: Page, site: str, words: str) -> None:
    """The session ended meanwhile; later the same person is signed in again and opens the article."""
    here, cookies = page.url, await context.cookies()
    await context.clear_cookies()
    await text_of(page).fill(words)
    await page.keyboard.press("Control+s")
    await expect(text_of(page)).to_have_count(0)
    await context.add_cookies([{"name": one["name"], "value": one["value"], "url": site} for one in cookies])
    await page.goto(here)


async def assert_both(page: Page, theirs: str, mine: str) -> None:
    await expect(page.get_by_role("heading", name="Saved in between")).to_be_visible()
    await expect(page.locator("del").first).to_have_text(theirs)
    await expect(text_of(page)).to_have_value(mine)


@asynccontextmanager
async def standing_still(page: Page, address: str) -> AsyncIterator[asyncio.Event]:
    """Requests of the page to there wait until the block ends; the event tells that one does."""
    waits, goes_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        waits.set()
        await goes_on.wait()
        await route.continue_()

    await page.route(address, hold)
    yield waits
    goes_on.set()


class TestBroughtBack:
    async def test_is_not_saved_over_what_was_saved_meanwhile(self, desks: Desks) -> None:
        site, one, other = desks
        first = await article(one, site, "Publish")
        second, _ = await opened(other, first.url)
        await saved(second, "They wait for fish.")
        await sent_when_signed_out(one, first, site, "They wait for frogs.")
        await expect(text_of(first)).to_have_value("They wait for fish.")
        await first.get_by_role("button", name="Bring it back").click()
        await expect(text_of(first)).to_have_value("They wait for frogs.")
        await first.keyboard.press("Control+s")
        await assert_both(first, "They wait for fish.", "They wait for frogs.")

    async def test_does_not_save_itself_over_it_either(self, desks: Desks) -> None:
        site, one, other = desks
        first = await article(one, site, "Save draft")
        second, _ = await opened(other, first.url)
        await saved(second, "They wait for fish.")
        await sent_when_signed_out(one, first, site, "They wait for frogs.")
        await first.get_by_role("button", name="Bring it back").click()
        await first.get_by_role("button", name="look at both").click(timeout=15_000)
        await assert_both(first, "They wait for fish.", "They wait for frogs.")
        await second.reload()
        await expect(text_of(second)).to_have_value("They wait for fish.")

    async def test_is_a_title_too(self, desks: Desks) -> None:
        site, one, _ = desks
        page = await article(one, site, "Publish")
        await page.get_by_label("Title", exact=True).fill("Grey herons")
        await sent_when_signed_out(one, page, site, "They wait.")
        await page.get_by_role("button", name="Bring it back").click()
        await expect(page.get_by_label("Title", exact=True)).to_have_value("Grey herons")

    async def test_is_offered_where_the_article_lies_now(self, desks: Desks) -> None:
        site, one, other = desks
        first = await article(one, site, "Save draft")
        second, _ = await opened(other, first.url)
        await second.locator("[name=slug]").fill("grey-herons")
        await saved(second, "They wait for fish.")
        await sent_when_signed_out(one, first, site, "They wait for frogs.")
        assert first.url == f"{site}/studio/articles/grey-herons"
        await first.get_by_role("button", name="Bring it back").click()
        await expect(text_of(first)).to_have_value("They wait for frogs.")


class TestTypedWhileItIsSaved:
    @pytest.mark.parametrize("is_new", [True, False])
    async def test_is_offered_on_the_page_that_answers(self, desks: Desks, *, is_new: bool) -> None:
        site, one, _ = desks
        if is_new:
            page, _ = await opened(one, f"{site}/studio/new")
            await page.get_by_label("Title", exact=True).fill("Herons")
        else:
            page = await article(one, site, "Save draft")
        await text_of(page).fill("They wait for fish.")
        async with standing_still(page, page.url) as waits:
            await page.keyboard.press("Control+s")
            await waits.wait()
            await page.keyboard.type(" And frogs.")
        await expect(page.get_by_role("status").filter(has_text="Draft saved.")).to_be_visible()
        await expect(text_of(page)).to_have_value("They wait for fish.")
        await page.get_by_role("button", name="Bring it back").click()
        await expect(text_of(page)).to_have_value("They wait for fish. And frogs.")
        await saved(page, "They wait for fish. And frogs.")
        await page.reload()
        await expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


class TestAutosave:
    async def test_that_comes_too_late_under_a_save_shows_both(self, desks: Desks) -> None:
        site, one, other = desks
        first = await article(one, site, "Save draft")
        second, _ = await opened(other, first.url)
        async with standing_still(first, "**/autosave") as waits:
            await typed(first, "They wait for frogs.")
            await asyncio.wait_for(waits.wait(), 20)
            await saved(second, "They wait for fish.")
            await text_of(first).press_sequentially(" And rain.")
            await first.keyboard.press("Control+s")
        await assert_both(first, "They wait for fish.", "They wait for frogs. And rain.")

    async def test_that_comes_first_is_followed_by_the_save(self, desks: Desks) -> None:
        site, one, _ = desks
        page = await article(one, site, "Save draft")
        async with standing_still(page, "**/autosave") as waits:
            await typed(page, "They wait for frogs.")
            await asyncio.wait_for(waits.wait(), 20)
            await text_of(page).press_sequentially(" And rain.")
            await page.keyboard.press("Control+s")
            await page.keyboard.press("Control+s")
        await expect(page.get_by_role("status").filter(has_text="Draft saved.")).to_be_visible()
        await expect(text_of(page)).to_have_value("They wait for frogs. And rain.")
