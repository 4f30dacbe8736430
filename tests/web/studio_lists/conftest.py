"""People at work in the studio, and a browser at a running site."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.people import People
from tests.running_site import launched_browser, served


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator", by="cookie", username="ada", display_name="Ada Example")


@pytest.fixture
async def moderator(people: People) -> httpx.AsyncClient:
    return await people.client("moderator", by="cookie", display_name="Max Muster")


@pytest.fixture
async def admin(people: People) -> httpx.AsyncClient:
    return await people.client("admin", by="cookie", display_name="Root Owner")


@dataclass(frozen=True, slots=True)
class Desk:
    """A running site with its worker, and a browser in which an admin is signed in; `client` sends forms as them."""

    site: str
    page: Page
    cookies: dict[str, str]
    headers: dict[str, str]

    def client(self) -> httpx.AsyncClient:
        headers = {**self.headers, "origin": self.site}
        return httpx.AsyncClient(base_url=self.site, cookies=self.cookies, headers=headers)


@pytest.fixture
async def desk(own_database_url: str, redis_url: str, tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        known = await People(app).client("admin", by="cookie", display_name="Ada Example")
        cookies, headers = dict(known.cookies), dict(known.headers)
    with served(own_database_url, redis_url, tmp_path, with_worker=True) as site:
        async with launched_browser() as browser:
            yield Desk(site, await _page(browser, site, cookies), cookies, headers)


async def _page(browser: Browser, site: str, cookies: dict[str, str]) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    for name, value in cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": site}])
    return await context.new_page()
