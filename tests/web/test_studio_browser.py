"""The studio in a real browser: writing with a preview beside it, publishing, and two tabs with one article."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Dialog, FilePayload, Page, expect

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.fitting import assert_fits
from tests.people import People
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served
from tests.shared.media.pictures import noise, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
HERON = FilePayload(name="grey_heron.jpg", mimeType="image/jpeg", buffer=saved(noise(2000, 1400), "JPEG"))
HOSTILE = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"


@pytest.fixture
async def desk(
    own_database_url: str, redis_url: str, tmp_path: Path, settings: Settings
) -> AsyncIterator[tuple[str, BrowserContext]]:
    """The address of a running site, and a browser in which a creator is signed in."""
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        cookies = dict((await People(app).client("creator", by="cookie", display_name="Ada Example")).cookies)
    with served(own_database_url, redis_url, tmp_path) as site:
        async with launched_browser() as browser:
            yield site, await signed_in(browser, site, cookies)


async def signed_in(browser: Browser, site: str, cookies: dict[str, str]) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    for name, value in cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": site}])
    return context


async def opened(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """A page, and the list that errors of its console go to."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(address)
    return page, faults


async def test_a_creator_writes_publishes_and_is_told_of_a_second_save(desk: tuple[str, BrowserContext]) -> None:
    site, context = desk
    page, faults = await opened(context, f"{site}/studio")
    await page.get_by_role("link", name="Start writing").click()
    await page.get_by_label("Title", exact=True).fill("Herons in the morning")
    text = page.get_by_label("Text", exact=True)
    await text.fill("")
    await text.press_sequentially("## Standing still\n\nThey *wait*.\n\n")
    preview = page.locator("[data-preview-prose]")
    await expect(preview.get_by_role("heading", name="Standing still")).to_be_visible()
    await expect(page.locator("[data-preview-title]")).to_have_text("Herons in the morning")
    await text.press_sequentially(HOSTILE)
    await text.press_sequentially("\n\nThe end.")
    await expect(preview.get_by_text("The end.")).to_be_visible()
    assert await page.title() != "broken in"
    await page.get_by_role("button", name="Publish").click()
    await page.wait_for_url("**/studio/articles/herons-in-the-morning")
    await expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()

    await page.get_by_role("link", name="View").first.click()
    await page.wait_for_url("**/articles/herons-in-the-morning")
    await expect(page.get_by_role("heading", name="Standing still")).to_be_visible()
    assert [fault for fault in faults if "404" not in fault] == []

    editor = f"{site}/studio/articles/herons-in-the-morning"
    first, _ = await opened(context, editor)
    second, _ = await opened(context, editor)
    await first.get_by_label("Text", exact=True).fill("They wait for fish.")
    await first.keyboard.press("Control+s")
    await expect(first.get_by_role("status").filter(has_text="Updated")).to_be_visible()
    await second.get_by_label("Text", exact=True).fill("They wait for frogs.")
    await second.get_by_role("button", name="Update").click()
    await expect(second.get_by_role("heading", name="Saved in between")).to_be_visible()
    await expect(second.locator("del")).to_have_text("They wait for fish.")
    await expect(second.get_by_label("Text", exact=True)).to_have_value("They wait for frogs.")
    await second.get_by_role("button", name="Save mine over it").first.click()
    await expect(second.get_by_role("status").filter(has_text="Updated")).to_be_visible()
    await page.goto(f"{site}/articles/herons-in-the-morning")
    await expect(page.get_by_text("They wait for frogs.")).to_be_visible()


async def test_a_lost_server_is_told_and_unsaved_text_is_not_lost(desk: tuple[str, BrowserContext]) -> None:
    site, context = desk
    page, _ = await opened(context, f"{site}/studio/new")
    state = page.locator("[data-preview-state]")
    await context.set_offline(True)
    await page.get_by_label("Text", exact=True).press_sequentially("Words on a train")
    await expect(state).to_contain_text("cannot be reached")
    await context.set_offline(False)
    await expect(page.locator("[data-preview-prose]")).to_have_text("Words on a train")
    await expect(state).not_to_contain_text("cannot be reached")

    asked: list[str] = []

    async def stay_at_first(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await (dialog.dismiss() if len(asked) == 1 else dialog.accept())

    page.on("dialog", stay_at_first)
    await page.get_by_role("link", name="Back to the articles").click()
    await expect(page.locator("[data-save-state]")).to_contain_text("Not saved yet")
    assert asked == ["beforeunload"]
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Words on a train")
    await page.get_by_role("link", name="Back to the articles").click()
    await page.wait_for_url("**/studio")
    await page.goto(f"{site}/studio/new")
    await page.get_by_role("button", name="Bring it back").click()
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Words on a train")


async def test_what_was_sent_when_signed_out_can_be_brought_back(desk: tuple[str, BrowserContext]) -> None:
    site, context = desk
    page, _ = await opened(context, f"{site}/studio/new")
    await page.get_by_label("Title", exact=True).fill("A long evening")
    await page.get_by_label("Text", exact=True).fill("Written for hours.")
    cookies = await context.cookies()
    await context.clear_cookies()
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_label("Text", exact=True)).to_have_count(0)
    await context.add_cookies([{"name": one["name"], "value": one["value"], "url": site} for one in cookies])
    await page.goto(f"{site}/studio/new")
    await page.get_by_role("button", name="Bring it back").click()
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Written for hours.")
    await page.get_by_role("button", name="Save draft").click()
    await page.wait_for_url("**/studio/articles/a-long-evening")
    await page.goto(f"{site}/studio/new")
    await expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits_and_nothing_is_blocked(desk: tuple[str, BrowserContext], width: int) -> None:
    site, context = desk
    page, faults = await opened(context, f"{site}/studio/new")
    await page.set_viewport_size({"width": width, "height": 800})
    await page.get_by_label("Title", exact=True).fill("W" * 180)
    await page.get_by_label("Text", exact=True).fill(f"{'x' * 300}\n\n```\n{'code ' * 80}\n```\n\n{HOSTILE}")
    await expect(page.locator("[data-preview-prose] pre")).to_be_visible()
    await assert_fits(page, width)
    await page.get_by_role("button", name="Save draft").click()
    await page.wait_for_url("**/studio/articles/**")
    for path in (
        "/studio",
        "/studio?show=deleted",
        page.url.removeprefix(site),
        f"{page.url.removeprefix(site)}/delete",
    ):
        await page.goto(site + path)
        await assert_fits(page, width, path)
        assert await page.title() != "broken in"
    assert [fault for fault in faults if "Content Security Policy" in fault or "Refused" in fault] == []


async def test_one_s_own_pictures_are_offered_small_and_taken_whole(desk: tuple[str, BrowserContext]) -> None:
    site, context = desk
    page, faults = await opened(context, f"{site}/studio/new")
    async with page.expect_file_chooser() as asked:
        await page.get_by_role("button", name="Add a picture").click()
    await (await asked.value).set_files(HERON)
    text = page.get_by_label("Text", exact=True)
    await expect(text).to_have_value(re.compile(r"!\[grey heron\]\(/media/\S+-2000x1400\.jpg\)"))
    await text.fill("")
    await page.get_by_role("button", name="Your pictures").first.click()
    offered = page.get_by_role("dialog").get_by_role("img", name="grey heron")
    await expect(offered).to_have_js_property("complete", value=True)
    assert (await offered.evaluate("image => image.currentSrc")).endswith("-2000x1400.w480.jpg")
    assert await offered.evaluate("image => image.naturalWidth > 0")
    await offered.click()
    await expect(text).to_have_value(re.compile(r"/media/\S+-2000x1400\.jpg"))
    assert faults == []


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_cover_is_chosen_without_a_script(desk: tuple[str, BrowserContext], width: int) -> None:
    site, with_scripts = desk
    page, _ = await opened(with_scripts, f"{site}/studio/new")
    await expect(page.get_by_label("Picture for the cover")).to_be_hidden()
    assert with_scripts.browser
    plain = await with_scripts.browser.new_context(
        java_script_enabled=False, storage_state=await with_scripts.storage_state()
    )
    page = await plain.new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{site}/studio/new")
    await page.get_by_label("Title", exact=True).fill(f"Herons at {width}")
    await page.get_by_label("Text", exact=True).fill("They wait.")
    await page.get_by_label("Picture for the cover").set_input_files(HERON)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_label("Cover", exact=False).and_(page.locator("#f_cover_url"))).to_have_value(
        re.compile(r"-2000x1400\.jpg$")
    )
    await page.get_by_role("button", name="Publish").click()
    await page.goto(f"{site}/articles/herons-at-{width}")
    await expect(page.locator(".article-cover img, .cover img").first).to_have_js_property("complete", value=True)
