"""The filters of the search page in a real browser: results while typing keep to them, and addresses stay short."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.factories import publish_all
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]


@pytest.fixture
async def site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A running site with three articles about herons, and a page."""
    days = {number: datetime(2025, 3, number, 12, tzinfo=UTC) for number in (10, 11, 12)}
    async with Database(DatabaseSettings(), own_database_url) as database:
        await publish_all(
            database,
            [
                {"title": "Grey heron", "tags": ["Rivers"], "published_at": days[10]},
                {"title": "White heron", "tags": ["Rivers", "Slow travel"], "author": "Mary", "published_at": days[11]},
                {"title": "Night heron", "tags": ["Slow travel"], "published_at": days[12]},
                {"title": "About", "kind": "page"},
            ],
        )
    with served(own_database_url, redis_url, tmp_path) as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


async def test_results_while_typing_keep_to_the_filters(browser: Browser, site: str) -> None:
    page = await browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{site}/search")
    await page.get_by_text("Filters", exact=True).click()
    field = page.get_by_role("combobox", name="Search the articles")
    options = page.locator(".search-option")

    async def titles_for(name: str, text: str) -> set[str]:
        await page.locator(f"#{name}").fill(text)
        async with page.expect_response("**/api/v1/articles?*"):
            await field.fill("")
            await field.fill("heron")
        await options.last.wait_for()
        return {text.partition("\n")[0] for text in await options.all_inner_texts()} - {"All results"}

    assert await titles_for("tags", "Slow Travel") == {"White heron", "Night heron"}
    assert await titles_for("author", "mary") == {"White heron"}
    assert await titles_for("author", "") == {"White heron", "Night heron"}
    assert await titles_for("to_date", "2025-03-11") == {"White heron"}
    assert await titles_for("to_date", "") == {"White heron", "Night heron"}
    assert await titles_for("from_date", "2025-03-12") == {"Night heron"}
    await options.last.click()
    await page.wait_for_url("**/search?q=heron&tags=Slow+Travel&from_date=2025-03-12")
    assert await page.locator(".rows h2, .rows h3").all_inner_texts() == ["Night heron"]
    await field.press("Enter")
    await page.wait_for_url("**/search?q=heron&tags=slow-travel&from_date=2025-03-12")
    await page.get_by_role("link", name="since 2025-03-12").click()
    await page.wait_for_url("**/search?q=heron&tags=slow-travel")
    assert faults == []


async def test_filters_work_without_scripts(browser: Browser, site: str) -> None:
    page = await (await browser.new_context(java_script_enabled=False)).new_page()
    await page.goto(f"{site}/search")
    await page.get_by_text("Filters", exact=True).click()
    await page.locator("#tags").fill("Rivers")
    await page.locator("#sort").select_option("oldest")
    await page.get_by_role("button", name="Search", exact=True).click()
    await page.wait_for_url("**/search?*tags=Rivers*")
    assert await page.locator(".rows h2, .rows h3").all_inner_texts() == ["Grey heron", "White heron"]
    assert await page.locator("#sort").input_value() == "oldest"
