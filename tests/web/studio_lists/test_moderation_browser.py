"""What the guard found, looked at in a browser: in a comment and in an article, on a desk and on a phone."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.findings.service import FindingService
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.content.moderation.word_list import WordList
from tests.factories import publish
from tests.fitting import assert_fits
from tests.running_site import CHROMIUM, NO_CHROMIUM
from tests.web.studio_lists.conftest import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
WORDS = "You are a moron who should go back to the casino and never come to this well kept garden again."


async def judge(database: Database, comment_id: UUID, article_id: UUID) -> None:
    """Both texts as the worker would."""

    async def settle(session: AsyncSession) -> None:
        assert await CommentGuard(session).hold(comment_id, 1, WordList().judge(WORDS))
        findings = FindingService(session)
        text = await findings.to_judge(article_id)
        assert text is not None
        await findings.settle(article_id, text, WordList().judge(text.text), is_held=True)

    await database.transact(settle)


async def looked_at(page: Page, folder: Path, name: str) -> None:
    """At both sizes: the words are marked, and nothing is wider than the page."""
    for width in (1280, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        await expect(page.locator("mark")).to_have_text(["moron", "casino"])
        await assert_fits(page, width)
        await page.screenshot(path=folder / f"{name}-{width}.png")


async def test_what_was_found_is_marked_and_decided(
    desk: Desk, settings: Settings, own_database_url: str, tmp_path: Path
) -> None:
    async with Database(settings.database, own_database_url) as database, desk.client() as client:
        article = await publish(database, title="A walk", body=f"Some words first. {WORDS}")
        answer = await client.post("/api/v1/articles/a-walk/comments", json={"body": WORDS})
        assert answer.status_code == 201, answer.text
        await judge(database, UUID(answer.json()["id"]), article.id)
    page = desk.page
    await page.goto(f"{desk.site}/studio/comments")
    await looked_at(page, tmp_path, "comment")
    await page.get_by_role("button", name="Approve the comment").click()
    await expect(page.get_by_text("1 approved: readers see them.")).to_be_visible()
    await page.get_by_role("link", name="Articles", exact=True).last.click()
    await looked_at(page, tmp_path, "article")
    await page.get_by_role("button", name="It is fine").click()
    await expect(page.get_by_text("Nothing to look at")).to_be_visible()
