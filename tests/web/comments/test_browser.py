"""A talk between two browsers: each hears of the other at once, and every act is done without leaving the page."""

import re
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.conftest import copy_of_template
from tests.people import People
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
LINKS = "https://a.example https://b.example https://c.example"


@dataclass(frozen=True, slots=True)
class Talk:
    """An article by Ada, whom Ben reads, each in a browser of their own; Ada looks at another page."""

    site: str
    slug: str
    ada: Page
    ben: Page

    @property
    def article(self) -> str:
        return f"{self.site}/articles/{self.slug}"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched_browser() as launched:
        yield launched


@pytest.fixture
async def talk(browser: Browser, redis_url: str) -> AsyncIterator[Talk]:
    with tempfile.TemporaryDirectory(prefix="stoa-talk-") as name:
        async with copy_of_template() as url:
            with served(url, redis_url, Path(name), with_worker=True) as site:
                settings = Settings.load(env_file=None, public_url=site)
                app = create_app(settings, database_url=url, redis_url=redis_url, data_dir=Path(name))
                async with app.router.lifespan_context(app):
                    people = People(app)
                    ada = await people.client("creator", by="cookie", username="ada", display_name="Ada")
                    ben = await people.client(by="cookie", username="ben", display_name="Ben")
                    made = (await ada.post("/api/v1/articles", json={"title": "Herons", "body": "They wait."})).json()
                    assert (await ada.post(f"/api/v1/articles/{made['slug']}/publish")).status_code == 200
                    cookies = [dict(client.cookies) for client in (ada, ben)]
                pages = [await _page(browser, site, one) for one in cookies]
                await pages[0].goto(f"{site}/tags")
                await pages[1].goto(f"{site}/articles/{made['slug']}")
                yield Talk(site, made["slug"], *pages)


async def _page(browser: Browser, site: str, cookies: dict[str, str]) -> Page:
    context: BrowserContext = await browser.new_context(viewport={"width": 1280, "height": 900})
    for name, value in cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": site}])
    return await context.new_page()


async def write(page: Page, words: str, label: str = "Write a comment", button: str = "Comment") -> None:
    await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.locator(".comment-text").filter(has_text=words.partition(" https:")[0])).to_be_visible()


async def rings(page: Page, count: int) -> None:
    label = f"Notifications, {count or 'none'} unread"
    await expect(page.locator("[data-bell]")).to_have_attribute("aria-label", label, timeout=20_000)


def comment(page: Page, words: str) -> Locator:
    return page.locator("li.comment").filter(has=page.locator(".comment-text", has_text=words))


class TestTalk:
    async def test_each_hears_of_the_other(self, talk: Talk) -> None:
        ada, ben = talk.ada, talk.ben
        await rings(ada, 0)
        await write(ben, "What do they wait for?")
        await rings(ada, 1)
        await ada.locator(".toasts a").click()
        await expect(ada.get_by_role("heading", level=1)).to_have_text('Ben commented on "Herons"')
        await ada.goto(talk.article)
        await comment(ada, "What do they wait for?").get_by_role("link", name="Answer").click()
        await expect(ada.get_by_label("Your answer")).to_be_focused()
        await write(ada, "For fish.", "Your answer", "Answer")
        await expect(comment(ada, "For fish.")).to_have_class(re.compile("comment-depth-1"))
        await rings(ben, 1)

    async def test_who_follows_hears_of_an_article(self, talk: Talk) -> None:
        ada, ben = talk.ada, talk.ben
        await ben.get_by_role("button", name="Follow").first.click()
        await rings(ada, 1)
        await ada.goto(f"{talk.site}/studio/new")
        await ada.get_by_label("Title", exact=True).fill("Grebes")
        await ada.get_by_label("Text", exact=True).fill("They dive.")
        await ada.get_by_role("button", name="Publish", exact=True).click()
        await rings(ben, 1)
        await expect(ben.locator(".toasts a")).to_have_text("Ada: Grebes")

    async def test_one_is_changed_then_deleted_when_that_was_confirmed(self, talk: Talk) -> None:
        ben, left = talk.ben, talk.ben.url
        await write(ben, "They eat forgs.")
        await comment(ben, "forgs").get_by_role("link", name="Edit").click()
        await expect(ben.get_by_label("Your comment", exact=True)).to_have_value("They eat forgs.")
        await write(ben, "They eat frogs.", "Your comment", "Save")
        await expect(comment(ben, "frogs").get_by_text("edited", exact=True)).to_be_visible()
        await comment(ben, "frogs").get_by_role("link", name="Delete").click()
        question = ben.get_by_role("group", name="Delete this comment?")
        await expect(question.get_by_role("button", name="Delete")).to_be_focused()
        await question.get_by_role("link", name="Cancel").click()
        await expect(question).to_have_count(0)
        await comment(ben, "frogs").get_by_role("link", name="Delete").click()
        await question.get_by_role("button", name="Delete").click()
        await expect(ben.locator("li.comment")).to_have_count(0)
        assert ben.url.partition("#")[0].partition("?")[0] == left
        await ben.reload()
        await expect(ben.locator("li.comment")).to_have_count(0)

    async def test_a_held_one_is_seen_when_it_was_approved_in_the_queue(self, talk: Talk) -> None:
        ada, ben = talk.ada, talk.ben
        await write(ben, f"Look here: {LINKS}")
        await expect(comment(ben, "Look here").get_by_text("waits for approval")).to_be_visible()
        await rings(ada, 1)
        await rings(ben, 1)
        await ada.goto(f"{talk.site}/studio/comments")
        await expect(ada.get_by_text("3 links")).to_be_visible()
        await ada.keyboard.press("j")
        await ada.keyboard.press("a")
        await expect(ada.get_by_text("1 approved")).to_be_visible()
        await rings(ben, 2)
        await ben.reload()
        await expect(comment(ben, "Look here").get_by_text("waits for approval")).to_have_count(0)
