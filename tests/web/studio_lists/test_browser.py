"""The lists of the studio in a real browser: an act on several articles, an import as it goes, days in a time zone."""

import re
import zipfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.running_site import CHROMIUM, NO_CHROMIUM
from tests.web.studio import written
from tests.web.studio_lists.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]


def faults_of(desk: Desk) -> list[str]:
    """What the console has to complain of, from now on."""
    faults: list[str] = []
    desk.page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    desk.page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


async def test_several_are_chosen_by_keys_and_published(desk: Desk) -> None:
    async with desk.client() as client:
        for title in ("Alpha", "Beta", "Gamma"):
            await written(client, title=title)
    page, faults = desk.page, faults_of(desk)
    await page.goto(f"{desk.site}/studio?sort=title")
    publish = page.get_by_role("button", name="Publish", exact=True)
    await expect(publish).to_be_hidden()
    for key in ("j", "x", "j", "x"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("status").filter(has_text="2 chosen")).to_be_visible()
    await expect(page.get_by_label("Choose Beta")).to_be_checked()
    await publish.click()
    await expect(page.get_by_role("status").filter(has_text="2 published.")).to_be_visible()
    await expect(page.locator("tr", has_text="Beta").get_by_text("Published", exact=True).first).to_be_visible()
    await expect(page.locator("tr", has_text="Gamma").get_by_text("Draft")).to_be_visible()
    await page.get_by_label("All on this page").check()
    await expect(page.get_by_label("Choose Gamma")).to_be_checked()
    assert faults == []


async def test_the_help_names_the_keys_of_the_list(desk: Desk) -> None:
    page, faults = desk.page, faults_of(desk)
    async with desk.client() as client:
        await written(client, title="Alpha")
    await page.goto(f"{desk.site}/studio")
    await page.keyboard.press("?")
    help_sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Next", "Previous", "Choose", "Search", "This help"):
        await expect(help_sheet.get_by_text(words, exact=True)).to_be_visible()
    await expect(help_sheet.locator("kbd").filter(has_text=re.compile("^[jkxo]$"))).to_have_count(4)
    await page.goto(f"{desk.site}/studio/new")
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await expect(help_sheet.get_by_text("Previous", exact=True)).to_have_count(0)
    assert faults == []


async def test_the_help_names_the_keys_of_the_comments(desk: Desk) -> None:
    page, faults = desk.page, faults_of(desk)
    async with desk.client() as client:
        await written(client, title="Alpha", act="publish")
        answer = await client.post("/api/v1/articles/alpha/comments", json={"body": "Well said."})
        assert answer.status_code == 201, answer.text
    await page.goto(f"{desk.site}/studio/comments?show=visible")
    await page.keyboard.press("?")
    help_sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    named = await help_sheet.locator("kbd").filter(has_text=re.compile("^[a-z]$")).all_inner_texts()
    assert named == ["j", "k", "x", "o", "h", "d"]
    for words in ("Choose", "Hide", "Delete"):
        await expect(help_sheet.get_by_text(words, exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await page.wait_for_url("**/articles/alpha#comment-*")
    assert faults == []


async def test_an_import_is_seen_as_it_goes(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "many-notes.zip"
    with zipfile.ZipFile(source, "w") as file:
        for number in range(60):
            file.writestr(f"note-{number}.md", f"# Note {number}\n\n" + "Some *words* of it.\n\n" * 200)
    page, faults = desk.page, faults_of(desk)
    await page.goto(f"{desk.site}/studio/import")
    await page.get_by_label("Only try").uncheck()
    await page.locator("input[type=file]").set_input_files(source)
    await page.get_by_role("button", name="Start").click()
    await page.wait_for_url("**/studio/import/*-*")
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=60_000)
    await expect(page.locator("[data-count=imported]")).to_have_text("60")
    await expect(page.locator(".report tbody tr")).to_have_count(50)
    await page.get_by_role("link", name="Further").click()
    await expect(page.locator(".report tbody tr")).to_have_count(10)
    assert faults == []


async def test_a_refused_upload_keeps_the_form(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "notes.zip"
    source.write_bytes(b"no zip")
    page = desk.page
    await page.goto(f"{desk.site}/studio/import")
    await page.locator("input[type=file]").set_input_files(source)
    await page.get_by_text("More choices").click()
    await page.get_by_label("Author of all articles").fill("nobody-here")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("alert").filter(has_text="nobody-here")).to_be_visible()
    await expect(page.get_by_label("Author of all articles")).to_have_value("nobody-here")


async def test_the_calendar_is_in_the_reader_s_zone(desk: Desk) -> None:
    day = datetime.now(UTC).date().replace(day=15) + timedelta(days=62)
    month, next_day = f"{day:%Y-%m}", day + timedelta(days=1)
    async with desk.client() as client:
        await written(client, title="Night train")
        form = {"slug": "night-train", "day": day.isoformat(), "time": "22:30"}
        assert (await client.post("/studio/calendar", data=form)).status_code == 303
    browser = desk.page.context.browser
    assert browser is not None
    context = await browser.new_context(timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900})
    for name, value in desk.cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": desk.site}])
    page = await context.new_page()
    await page.goto(f"{desk.site}/studio/calendar?month={month}")
    entry = page.locator(f'[data-day="{next_day.isoformat()}"]').get_by_text("07:30 Night train")
    await entry.click()
    await page.get_by_label("Time").first.fill("09:00")
    await page.get_by_role("button", name="Move Night train").click()
    await expect(page.get_by_role("status").filter(has_text="goes out on that day")).to_be_visible()
    async with desk.client() as client:
        found = (await client.get("/api/v1/articles/night-train")).json()["publish_at"]
    assert datetime.fromisoformat(found) == datetime.combine(next_day, time(0), UTC)
