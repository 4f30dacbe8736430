"""The pages in a real browser: they read, search and switch colours, and nothing is blocked or too wide."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.factories import publish_all
from tests.fitting import assert_fits
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
BODY = """Herons wait. A lead paragraph of some length, so that there is something to read.

## First part

```python
print("heron")
```

| bird | legs |
|---|---|
| heron | 2 |

## Second part

<script>document.title = "broken in"</script><img src=x onerror="document.title='broken in'">

![a picture that is not there](/media/ab/0123456789abcdef.png)
"""

PATHS = (
    "/",
    "/articles/herons-in-the-morning",
    "/articles/hostile",
    "/tags",
    "/tags/water",
    "/authors/ada-lovelace",
    "/search?q=heron",
    "/search?q=nothingatall",
    "/nothing",
    "/styleguide",
)


@pytest.fixture
async def site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """A running site with three articles."""
    async with Database(DatabaseSettings(), own_database_url) as database:
        await publish_all(
            database,
            [
                {"title": "Ponds", "tags": ["Water"]},
                {"title": "<img src=x onerror=\"document.title='broken in'\">", "slug": "hostile", "tags": ["Water"]},
                {"title": "Herons in the morning", "body": BODY, "tags": ["Birds", "Water"]},
            ],
        )
    with served(own_database_url, redis_url, tmp_path) as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


async def opened(browser: Browser, width: int = 1280, scheme: str = "light") -> tuple[Page, list[str]]:
    """A page, and the list that errors of its console go to."""
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


async def test_a_visitor_reads_searches_and_switches_colours(browser: Browser, site: str) -> None:
    page, faults = await opened(browser)
    await page.goto(site)
    await page.get_by_role("link", name="Herons in the morning").first.click()
    await page.wait_for_url("**/articles/herons-in-the-morning")
    assert await page.title() == "Herons in the morning · Stoa"
    assert await page.locator("article h2").all_inner_texts() != []
    await page.get_by_role("button", name="Copy this code").click()

    field = page.get_by_role("combobox").first
    await field.click()
    await field.press_sequentially("pond")
    await page.get_by_role("option").first.wait_for()
    await field.press("ArrowDown")
    await field.press("Enter")
    await page.wait_for_url("**/articles/ponds")

    before = await page.evaluate("getComputedStyle(document.body).color")
    switch = page.locator("[data-theme-switch]")
    await switch.click()
    await switch.click()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert await page.evaluate("getComputedStyle(document.body).color") != before
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert [fault for fault in faults if "404" not in fault] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits_and_nothing_is_blocked(browser: Browser, site: str, width: int, scheme: str) -> None:
    page, faults = await opened(browser, width, scheme)
    for path in PATHS:
        await page.goto(site + path)
        await assert_fits(page, width, path)
        assert await page.title() != "broken in"
    assert [fault for fault in faults if "Content Security Policy" in fault or "Refused" in fault] == []


async def test_a_site_without_scripts_still_searches(browser: Browser, site: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site)
    await page.locator("input[type=search]").first.fill("heron")
    await page.locator("input[type=search]").first.press("Enter")
    await page.wait_for_url("**/search?q=heron")
    assert await page.get_by_role("link", name="Herons in the morning").count() >= 1
