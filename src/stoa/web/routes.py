"""The addresses of the pages. Every route calls the page builder and renders, nothing more."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.responses import Response

from stoa.shared.database import reads_of
from stoa.shared.errors import NotFound
from stoa.shared.media.choosing import media_store
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC, viewer_of
from stoa.shared.settings import Settings
from stoa.web import api_docs, feeds, files, health
from stoa.web.accounts.router import ROUTERS as ACCOUNTS
from stoa.web.assets import Assets
from stoa.web.comments.routes import router as comments
from stoa.web.contexts import Site
from stoa.web.following.routes import router as following
from stoa.web.notifications.router import ROUTERS as NOTIFICATIONS
from stoa.web.pages import LAST_PAGE, PageBuilder, SearchWords
from stoa.web.rendering import Pages
from stoa.web.studio.router import ROUTERS as STUDIO
from stoa.web.styleguide import styleguide_page
from stoa.web.visitors import answer_to, page_answer
from stoa.web.webhooks.routes import router as webhooks

router = APIRouter(include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


def install(app: FastAPI, settings: Settings, data_dir: Path) -> None:
    """Add the pages, feeds, files and health checks to the application."""
    site = Site(
        name=settings.site.site_name,
        description=settings.site.site_description,
        url=settings.server.public_url.rstrip("/"),
        language=settings.site.language,
        accent=settings.site.accent,
    )
    app.state.site = site
    app.state.assets, app.state.pages = _look(site)
    app.state.media = media_store(settings, data_dir)
    own = (comments, router, following, feeds.router, files.router, health.router, api_docs.router, webhooks)
    for part in (*ACCOUNTS, *NOTIFICATIONS, *STUDIO, *own):
        app.include_router(part)


@router.get("/", **PUBLIC)
async def home(request: Request, page: PageNumber = 1) -> Response:
    """The newest articles."""
    return await page_answer(request, await _builder(request).home(page))


@router.get("/tags", **PUBLIC)
async def tags(request: Request) -> Response:
    """All topics."""
    return await page_answer(request, await _builder(request).tags())


@router.get("/tags/{slug}", **PUBLIC)
async def tag(request: Request, slug: SlugPath, page: PageNumber = 1) -> Response:
    """The articles of a topic."""
    reader = await viewer_of(request)
    return await answer_to(request, reader, await _builder(request).tag(slug, page, reader))


@router.get("/authors/{username}", **PUBLIC)
async def author(request: Request, username: Username, page: PageNumber = 1) -> Response:
    """A writer and what they wrote."""
    reader = await viewer_of(request)
    return await answer_to(request, reader, await _builder(request).author(username, page, reader))


@router.get("/search", **PUBLIC)
async def search(request: Request, words: Annotated[SearchWords, Query()]) -> Response:
    """Articles by their words."""
    return await page_answer(request, await _builder(request).search(words))


@router.get("/styleguide", **PUBLIC)
async def show_styleguide(request: Request) -> Response:
    """Every component, for looking at; in development only."""
    settings: Settings = request.app.state.settings
    if settings.server.environment == "production":
        raise NotFound("There is no such page.")
    return await page_answer(request, styleguide_page(request.app.state.site))


@lru_cache(maxsize=8)
def _look(site: Site) -> tuple[Assets, Pages]:
    """Static files and compiled templates, made once in a process for each site."""
    assets = Assets(site.accent)
    pages = Pages(site, assets)
    pages.warm()
    return assets, pages


def _builder(request: Request) -> PageBuilder:
    return PageBuilder(reads_of(request), request.app.state.site)
