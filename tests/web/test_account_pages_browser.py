"""The pages of accounts in a real browser: from the first owner to a reader who comes, settles in and leaves."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.fitting import assert_fits
from tests.people import PASSWORD
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
SETTINGS = ("", "/password", "/sessions", "/sessions/end-others", "/api-keys", "/data", "/data/erase")
FOR_STRANGERS = (
    "/register",
    "/sign-in",
    "/forgot-password",
    "/verify-email/resend",
    "/reset-password?token=abcdefghijk",
)


@pytest.fixture
async def new_site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """The address of a running site that nobody owns yet, and the link for its owner."""
    async with Database(DatabaseSettings(), own_database_url) as database:
        link = await database.transact(lambda session: owner_link(session, ""))
    assert link
    with served(own_database_url, redis_url, tmp_path, with_worker=True) as address:
        yield address, address + link


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


async def somebody(browser: Browser, *, scripts: bool = True, width: int = 1280) -> tuple[Page, list[str]]:
    """A browser of its own, and the list that errors of its scripts and policy go to."""
    context = await browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 800})
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Refused" in message.text else None)
    return page, faults


async def become_owner(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_label("Name", exact=True).fill("Ada Owner")
    await page.get_by_label("E-mail").fill("owner@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make it mine").click()
    await page.wait_for_url("**/studio")


async def test_a_reader_comes_settles_in_and_leaves(
    browser: Browser, new_site: tuple[str, str], tmp_path: Path
) -> None:
    site, link = new_site
    owner, _ = await somebody(browser)
    await become_owner(owner, link)
    page, faults = await somebody(browser)
    await _register(page, site)
    await page.goto(site + await _link_in_newest_mail(owner, site))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator(".toast")).to_have_text("Your address is confirmed.")
    await _sign_in_and_show_the_password(page)
    await _set_a_profile(page, site, tmp_path)
    await _make_a_key(page, site)
    await _sign_out(page, site)
    await page.goto(f"{site}/settings")
    await page.wait_for_url("**/sign-in?next=%2Fsettings")
    assert faults == []


async def _sign_out(page: Page, site: str) -> None:
    await page.locator(".menu-button").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    await page.locator(".menu-button").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{site}/")
    await page.get_by_role("link", name="Topics").first.click()
    await page.get_by_role("link", name="Sign in").click()
    await page.wait_for_url("**/sign-in?next=%2Ftags")


async def _register(page: Page, site: str) -> None:
    await page.goto(f"{site}/register")
    await page.get_by_label("E-mail").fill("eve@example.org")
    await page.get_by_label("Name", exact=False).first.fill("Eve Reader")
    await page.get_by_label("Password", exact=True).fill("password1")
    await page.get_by_role("button", name="Make the account").click()
    password = page.get_by_label("Password", exact=True)
    await expect(password).to_be_focused()
    await expect(password).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("E-mail")).to_have_value("eve@example.org")
    await password.fill(PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


async def _link_in_newest_mail(owner: Page, site: str) -> str:
    await owner.goto(site)
    await owner.locator(".menu-button").click()
    await owner.get_by_role("link", name="Mail", exact=True).click()
    await owner.get_by_label("Written to").fill("eve@example.org")
    await owner.get_by_role("button", name="Show").click()
    for _ in range(200):  # a worker writes it
        if await owner.locator(".mail").count():
            break
        await owner.reload()
    await expect(owner.get_by_text("eve@example.org").first).to_be_visible()
    found = urlsplit(await owner.locator(".mail-text a").first.get_attribute("href") or "")
    return f"{found.path}?{found.query}"


async def _sign_in_and_show_the_password(page: Page) -> None:
    await page.get_by_label("E-mail or username").fill("eve@example.org")
    password = page.get_by_label("Password", exact=True)
    await password.fill(PASSWORD)
    await expect(password).to_have_attribute("type", "password")
    await page.get_by_role("button", name="Show the password").click()
    await expect(password).to_have_attribute("type", "text")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".menu-button")).to_be_visible()


async def _set_a_profile(page: Page, site: str, folder: Path) -> None:
    picture = folder / "eve.png"
    Image.new("RGB", (300, 200), "teal").save(picture)
    await page.goto(f"{site}/settings")
    file = page.get_by_label("A file with your picture")
    await file.set_input_files({"name": "huge.png", "mimeType": "image/png", "buffer": b"x" * 5_500_000})
    assert "more than 5 MB" in await file.evaluate("field => field.validationMessage")
    await file.set_input_files(picture)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_text("Your picture is changed.")).to_be_visible()
    await page.get_by_label("About you").fill("Reads a lot.")
    await page.get_by_label("Website").fill("https://eve.example")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.get_by_role("link", name="your page").click()
    await page.wait_for_url("**/authors/eve-reader")
    await expect(page.get_by_text("Reads a lot.")).to_be_visible()
    await expect(page.get_by_role("link", name="eve.example")).to_be_visible()
    assert await page.locator(".page-header .avatar img").evaluate("image => image.naturalWidth") > 0


async def _make_a_key(page: Page, site: str) -> None:
    await page.goto(f"{site}/settings/api-keys")
    await page.get_by_label("Name", exact=True).fill("Backup script")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.locator("#new-key")).to_contain_text("stoa_")
    await page.reload()
    await expect(page.get_by_text("Backup script").first).to_be_visible()


async def test_everything_works_without_scripts(browser: Browser, new_site: tuple[str, str]) -> None:
    site, link = new_site
    page, _ = await somebody(browser, scripts=False)
    await become_owner(page, link)
    await page.goto(f"{site}/settings/password")
    await page.get_by_label("Password now").fill(PASSWORD)
    await page.get_by_label("New password").fill("four very unlikely words")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.locator(".toast")).to_contain_text("Your password is changed")
    await page.locator(".menu-button").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{site}/")
    await page.goto(f"{site}/sign-in?next=/settings/data")
    await page.get_by_label("E-mail or username").fill("owner@example.org")
    await page.get_by_label("Password", exact=True).fill("four very unlikely words")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/settings/data")


@pytest.mark.parametrize("width", [320, 1280])
async def test_every_page_fits_and_nothing_is_blocked(browser: Browser, new_site: tuple[str, str], width: int) -> None:
    site, link = new_site
    page, faults = await somebody(browser, width=width)
    for path in FOR_STRANGERS:
        await page.goto(site + path)
        await assert_fits(page, width, path)
    await become_owner(page, link)
    for path in (*(f"/settings{part}" for part in SETTINGS), "/admin/mail", "/"):
        await page.goto(site + path)
        await assert_fits(page, width, path)
    assert faults == []
