"""Chats in a real browser: streamed, stopped, answered anew, in two tabs, after a closed one, without scripts."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from stoa.modules.auth.accounts.owner import owner_link
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.ai.site import running_upstream
from tests.fakes.upstream.app import Upstream
from tests.fitting import assert_fits
from tests.people import PASSWORD
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
SHOTS = os.environ.get("TESTS_SHOTS")


@dataclass(frozen=True, slots=True)
class Talk:
    """A running site whose provider is the fake one, and the browser of its owner."""

    address: str
    upstream: Upstream
    browser: Browser
    context: BrowserContext

    async def begin(self, question: str, *, page: Page | None = None) -> Page:
        """Ask the model in a new conversation; the answer may still be written."""
        page = page or await self.context.new_page()
        await page.goto(f"{self.address}/chat")
        await page.get_by_label("Answer from the articles").uncheck()
        await page.get_by_label("Begin a conversation").fill(question)
        await page.get_by_role("button", name="Ask", exact=True).click()
        await page.wait_for_url("**/chat/*")
        return page


@pytest.fixture
async def talk(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    async with Database(DatabaseSettings(), own_database_url) as database:
        link = await database.transact(lambda session: owner_link(session, ""))
    async with running_upstream() as (upstream, address):
        running = served(
            own_database_url, redis_url, tmp_path, openai_api_key="sk-test", openai_base_url=f"{address}/v1",
            ai_embedded="false",
        )  # fmt: skip
        with running as site:
            async with launched_browser() as browser:
                context = await browser.new_context(reduced_motion="reduce", base_url=site)
                page = await context.new_page()
                await page.goto(site + str(link))
                await page.get_by_label("Name", exact=True).fill("Ada Owner")
                await page.get_by_label("E-mail").fill("owner@example.org")
                await page.get_by_label("Password", exact=True).fill(PASSWORD)
                await page.get_by_role("button", name="Make it mine").click()
                await page.wait_for_url("**/studio")
                await page.close()
                yield Talk(site, upstream, browser, context)


class TestChat:
    async def test_shows_an_answer_as_it_is_written_and_what_it_cost(self, talk: Talk) -> None:
        talk.upstream.manners.tell(["slow-150"])
        page = await talk.begin("What is a stoa?")

        await expect(page.get_by_text("Being written")).to_be_visible()
        await expect(page.locator("[data-answer-text]")).to_contain_text("word2")
        answer = page.locator(".chat-answer")
        await expect(answer.locator(".prose")).to_contain_text("word12", timeout=15_000)
        await expect(answer.locator(".chat-facts")).to_contain_text("openai/")
        await expect(answer.locator(".chat-facts")).to_contain_text("12 tokens")
        await expect(page).to_have_title("What is a stoa? · Stoa")

        await page.get_by_label("Your question").fill("And a porch?")
        await page.keyboard.press("Enter")
        await expect(page.locator(".chat-answer .prose")).to_have_count(2)
        await expect(page.get_by_label("Your question")).to_have_value("")

    async def test_is_stopped_answered_anew_and_asked_otherwise(self, talk: Talk) -> None:
        talk.upstream.manners.tell(["slow-300"])
        page = await talk.begin("What is a stoa?")
        await expect(page.locator("[data-answer-text]")).to_contain_text("word1")
        await page.keyboard.press("Escape")
        await expect(page.locator(".chat-error")).to_contain_text("Stopped")

        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_text("2 / 2")).to_be_visible()
        await expect(page.locator(".chat-answer .prose")).to_contain_text("word12")
        await page.get_by_role("button", name="Former version").click()
        await expect(page.get_by_text("1 / 2")).to_be_visible()
        await expect(page.locator(".chat-error")).to_contain_text("Stopped")

        await page.get_by_role("link", name="Edit").click()
        await page.get_by_label("Your question in other words").fill("What is a portico?")
        await page.get_by_role("button", name="Ask again").click()
        await expect(page.locator(".chat-question .chat-said")).to_have_text("What is a portico?")
        await expect(page.locator(".chat-question").get_by_text("2 / 2")).to_be_visible()
        await expect(page.locator(".chat-answer .prose")).to_contain_text("word12")

        await page.get_by_role("button", name="Good").click()
        await expect(page.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")

    async def test_goes_on_without_its_reader_and_is_whole_when_opened_again(self, talk: Talk) -> None:
        talk.upstream.manners.tell(["slow-100"])
        page = await talk.begin("What is a stoa?")
        await expect(page.locator("[data-answer-text]")).to_contain_text("word1")
        url = page.url
        await page.close()
        again = await talk.context.new_page()
        await again.goto(url)
        await expect(again.locator(".chat-answer .prose")).to_have_text(" ".join(f"word{n}" for n in range(1, 13)))

    async def test_is_the_same_in_two_tabs(self, talk: Talk) -> None:
        first = await talk.begin("What is a stoa?")
        await expect(first.locator(".chat-answer .prose")).to_have_count(1)
        second = await talk.context.new_page()
        await second.goto(first.url)

        await first.get_by_label("Your question").fill("And a porch?")
        await first.keyboard.press("Enter")

        for page in (first, second):
            await expect(page.get_by_text("And a porch?")).to_be_visible()
            await expect(page.locator(".chat-answer .prose")).to_have_count(2)

    async def test_runs_and_loads_nothing_that_a_model_says(self, talk: Talk) -> None:
        asked: list[str] = []
        page = await talk.context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        talk.upstream.manners.tell(["echo"])
        evil = (
            "<script>alert(1)</script><img src=https://evil.example/a.png onerror=alert(2)> "
            "![pixel](https://evil.example/b.png) [run](javascript:alert(3)) **bold**"
        )
        await talk.begin(evil, page=page)
        await expect(page.locator(".chat-answer .prose strong")).to_have_text("bold")
        await page.wait_for_load_state("networkidle")
        assert [url for url in asked if not url.startswith(talk.address)] == []
        assert await page.locator(".chat-answer :is(img, script, [href^='javascript'])").count() == 0


class TestWithoutScripts:
    async def test_everything_is_done_by_forms(self, talk: Talk) -> None:
        state = await talk.context.storage_state()
        context = await talk.browser.new_context(java_script_enabled=False, storage_state=state, base_url=talk.address)
        page = await talk.begin("What is a stoa?", page=await context.new_page())
        await expect(page.locator(".chat-answer .prose")).to_contain_text("word12")
        await page.get_by_role("button", name="Answer anew").click()
        await expect(page.get_by_text("2 / 2")).to_be_visible()

        await page.locator(".chat-settings summary").click()
        await page.get_by_label("Title").fill("On porches")
        await page.get_by_label("What the model is told first").fill("Be brief.")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="On porches")).to_be_visible()
        for width in (320, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            await assert_fits(page, width)
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/chat-{width}.png", full_page=True)

        await page.locator(".chat-settings summary").click()
        await page.get_by_role("button", name="Archive").click()
        await expect(page.get_by_text("The conversation is put away.")).to_be_visible()
        await page.goto(f"{talk.address}/chat?search=word7")
        await expect(page.get_by_text("Nothing found")).to_be_visible()
        await page.goto(f"{talk.address}/chat?archived=1")
        await page.get_by_role("link", name="On porches").click()
        await page.locator(".chat-settings summary").click()
        await page.get_by_role("link", name="Delete").click()
        await page.get_by_role("button", name="Delete the conversation").click()
        await expect(page.get_by_text("The conversation is deleted.")).to_be_visible()

    async def test_a_blank_question_is_told_and_nothing_is_asked(self, talk: Talk) -> None:
        state = await talk.context.storage_state()
        context = await talk.browser.new_context(java_script_enabled=False, storage_state=state, base_url=talk.address)
        page = await context.new_page()
        await page.goto(f"{talk.address}/chat")
        await page.get_by_label("Begin a conversation").fill("   ")
        await page.get_by_role("button", name="Ask", exact=True).click()
        await expect(page.locator(".field-error")).to_contain_text("blank")
        assert talk.upstream.bill.calls == []
