"""The pages of models in a real browser without scripts, on the smallest screens and on large ones."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.queries import Query
from stoa.shared.settings_parts import DatabaseSettings
from tests.ai.site import running_upstream
from tests.fitting import assert_fits
from tests.people import PASSWORD
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served
from tests.web.ai.spending import Spent, noon, put, put_account, put_budget

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
SHOTS = os.environ.get("TESTS_SHOTS")
_OWNER = Query.text("SELECT id FROM users WHERE role = 'admin'", ())


@pytest.fixture
async def site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, Database, Page]]:
    """The address of a running site, its database, and the browser of its owner."""
    async with Database(DatabaseSettings(), own_database_url) as database:
        link = await database.transact(lambda session: owner_link(session, ""))
        with served(own_database_url, redis_url, tmp_path) as address:
            async with launched_browser() as browser:
                yield address, database, await _owner(browser, address + str(link))


async def _owner(browser: Browser, link: str) -> Page:
    page = await (await browser.new_context(java_script_enabled=False, reduced_motion="reduce")).new_page()
    await page.goto(link)
    await page.get_by_label("Name", exact=True).fill("Ada Owner")
    await page.get_by_label("E-mail").fill("owner@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make it mine").click()
    await page.wait_for_url("**/studio")
    return page


async def fits(page: Page, name: str) -> None:
    """Nothing stands beyond the edge."""
    for width in (320, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        await assert_fits(page, width, name)
        if SHOTS and width != 320:
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                await page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)


async def owner_id(database: Database) -> UUID:
    found: UUID = await database.reads.fetch_value(_OWNER)
    return found


async def test_my_usage_fits_and_leads_from_one_view_to_the_next(site: tuple[str, Database, Page]) -> None:
    address, database, page = site
    await page.goto(f"{address}/settings/ai")
    await fits(page, "usage-empty")
    me = await owner_id(database)
    today = utc_now()
    costs = (400, 900, 0, 12_300, 3_000, 5_500, 700, 9_100, 2_000, 41)
    await put(
        database,
        *(
            Spent(me, cost, at=noon(today.date() - timedelta(days=2 * at)), model=f"gpt-5-mini-2026-0{at}")
            for at, cost in enumerate(costs)
        ),
        Spent(me, 30, model="m" * 70, feature="f" * 60, status="cut", source="estimated", fault="It broke off."),
        Spent(me, 0, model="house-model", provider="house", input_price=None, feature="chat", status="error"),
    )
    await put_budget(database, f"user:{me}", "day", 50_000)
    await put_budget(database, "site", "month", 20_000_000)
    await put_budget(database, "tier:pro", "month", 1_000_000)
    await put_account(database, "tier:pro", "month", spent=1_000_000)
    await put_account(database, "site", "month", spent=3_512_000)
    await put_account(database, f"user:{me}", "day", spent=33_000, reserved=9_000)
    await page.goto(f"{address}/settings/ai")
    await fits(page, "usage")
    await page.get_by_role("link", name="Models").click()
    await page.wait_for_url("**by=model**")
    await fits(page, "usage-models")
    await page.get_by_label("From").fill("2026-02-01")
    await page.get_by_label("To", exact=True).fill("2026-01-01")
    await page.get_by_role("button", name="Show").click()
    await fits(page, "usage-refused")


async def test_a_key_is_made_and_every_example_can_be_read(site: tuple[str, Database, Page]) -> None:
    address, _, page = site
    await page.goto(f"{address}/settings/ai")
    await page.get_by_role("link", name="API key", exact=True).click()
    await page.get_by_label("Name", exact=True).fill("Assistant")
    await page.get_by_role("button", name="Make the key").click()
    key = await page.locator("#new-key").text_content()
    assert key
    assert key in str(await page.locator("#key-export").text_content())
    assert await page.locator("#example-curl").is_visible()
    for name in ("Python", "Node", "LangChain"):
        await page.locator("summary").filter(has_text=name).click()
        assert await page.locator(f"#example-{name.lower()}").is_visible()
    await fits(page, "keys")


async def test_the_owners_pages_fit(site: tuple[str, Database, Page]) -> None:
    address, database, page = site
    await page.goto(address)
    await page.locator(".menu-button").click()
    await page.get_by_role("link", name="AI", exact=True).click()
    await fits(page, "ai-bare")
    me = await owner_id(database)
    await put(database, Spent(me, 12_300), Spent(me, 900, model="gpt-5", feature="chat"))
    await page.get_by_role("link", name="Spending").click()
    await page.get_by_role("link", name="People").click()
    await page.wait_for_url("**by=user**")
    await fits(page, "ai-spending")


async def test_the_owner_sets_models_up(site: tuple[str, Database, Page]) -> None:
    address, _, page = site
    async with running_upstream() as (upstream, there):
        await page.goto(f"{address}/admin/ai")
        await page.get_by_role("link", name="Add a provider").first.click()
        await page.get_by_label("Kind").select_option("compatible")
        await page.get_by_label("Name", exact=True).fill("house")
        await page.get_by_label("Address").fill(f"{there}/v1")
        await page.get_by_label("Models").fill("fake-ok\nfake-embed")
        await page.locator("[name=secret]").fill("sk-house-0123456789")
        await fits(page, "ai-new-provider")
        await page.get_by_role("button", name="Add the provider").click()
        await page.wait_for_url("**/admin/ai/providers/house**")
        await page.get_by_role("button", name="Try it now").click()
        await fits(page, "ai-provider-tried")
        assert "fake-ok" in await page.locator("main").inner_text()
        assert "sk-house" not in await page.content()
        await page.get_by_role("link", name="Routes").click()
        chat = page.locator("form", has=page.locator("#targets-chat"))
        await chat.locator("#targets-chat").fill("house/fake-ok")
        await chat.get_by_role("button").click()
        await fits(page, "ai-routes")
        await page.get_by_role("link", name="Prices").click()
        await fits(page, "ai-prices")
        await page.get_by_role("link", name="Tiers and budgets").click()
        await page.get_by_label("For whom").select_option("site")
        await page.get_by_label("Dollars").fill("a lot")
        await page.get_by_role("button", name="Set the budget").click()
        await fits(page, "ai-budget-refused")
        await page.get_by_label("Dollars").fill("5.00")
        await page.get_by_role("button", name="Set the budget").click()
        await fits(page, "ai-limits")
        assert "$5" in await page.locator("#budgets").inner_text()
        await page.goto(f"{address}/admin/ai")
        await fits(page, "ai-set-up")
        assert not upstream.bill.calls  # trying costs nothing
