"""The addresses of the pages. Every route calls the page builder and renders, nothing more."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.responses import Response

from stoa.modules.content.passages.related import related_of
from stoa.shared.database import reads_of
from stoa.shared.errors import NotFound
from stoa.shared.media.choosing import media_store
from stoa.shared.middleware.page_cache import PageStore
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC, viewer_of
from stoa.shared.settings import Settings
from stoa.web import api_docs, feeds, files, health, metrics
from stoa.web.accounts.router import ROUTERS as ACCOUNTS
from stoa.web.ai.router import ROUTERS as AI
from stoa.web.assets import Assets
from stoa.web.chat.asking import router as ask
from stoa.web.chat.routes import router as chat
from stoa.web.comments.routes import router as comments
from stoa.web.contexts import Site
from stoa.web.following.routes import router as following
from stoa.web.footer import FooterPages
from stoa.web.notifications.router import ROUTERS as NOTIFICATIONS
from stoa.web.pages import LAST_PAGE, PageBuilder
from stoa.web.rendering import Pages
from stoa.web.search_filters import SearchWords
from stoa.web.searching import SearchBuilder
from stoa.web.studio.router import ROUTERS as STUDIO
from stoa.web.styleguide import styleguide_page
from stoa.web.visitors import answer_to, page_answer
from stoa.web.webhooks.routes import router as webhooks

router = APIRouter(include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


def install(app: FastAPI, settings: Settings, data_dir: Path, store: PageStore) -> None:
    """Add the pages, feeds, files and health checks to the application; `store` knows when something changes."""
    site = Site(
        name=settings.site.site_name,
        description=settings.site.site_description,
        url=settings.server.public_url.rstrip("/"),
        language=settings.site.language,
        accent=settings.site.accent,
        can_ask=settings.ai.ask_site != "off",
        has_assistant=settings.ai.ai_editor,
        has_summaries=settings.content.article_summaries,
    )
    app.state.site = site
    app.state.assets, app.state.pages = _look(site)
    app.state.footer = FooterPages(store)
    app.state.media = media_store(settings, data_dir)
    own = (
        comments,
        chat,
        ask,
        router,
        following,
        feeds.router,
        files.router,
        health.router,
        metrics.router,
        api_docs.router,
        webhooks,
    )
    for part in (*ACCOUNTS, *AI, *NOTIFICATIONS, *STUDIO, *own):
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
    page = await SearchBuilder(reads_of(request), request.app.state.site).page(words)
    return await page_answer(request, page, status=422 if page.error else 200)


@router.get("/styleguide", **PUBLIC)
async def show_styleguide(request: Request) -> Response:
    """Every component, for looking at; in development only."""
    settings: Settings = request.app.state.settings
    if settings.server.environment == "production":
        raise NotFound("There is no such page.")
    return await page_answer(request, styleguide_page(request.app.state.site))


@lru_cache(maxsize=8)
def _look(site: Site) -> tuple[Assets, Pages]:
    """Static files and templates, read once in a process for each site."""
    assets = Assets(site.accent)
    return assets, Pages(site, assets)


def _builder(request: Request) -> PageBuilder:
    return PageBuilder(reads_of(request), request.app.state.site, related_of(request))
