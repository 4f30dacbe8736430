"""Pages in a real browser stand within its width."""

import asyncio

from playwright.async_api import Error, Page

_WIDTH = "document.documentElement.scrollWidth"


async def assert_fits(page: Page, width: int, name: str = "") -> None:
    """Nothing stands beyond the edge of a window this wide (CSS pixels).

    Waits, up to five seconds, for a page that is still on its way or being laid out.
    """
    found = None
    for _ in range(50):
        try:
            await page.wait_for_load_state()
            found = await page.evaluate(_WIDTH)
        except Error:  # the page went away while we looked
            found = None
        if found is not None and found <= width:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{name or page.url} is {found} wide in a window of {width}")
