"""Where the editor's script saves a draft by itself while somebody writes: the form in, JSON out, no page."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.content.articles.errors import StaleArticle
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.shared.errors import StoaError
from stoa.shared.parameters import SlugPath
from stoa.shared.security import require
from stoa.web.studio.contexts import ArticleFields
from stoa.web.studio.desk import Desk, DeskDep, sent_article, version_of
from stoa.web.studio.pages import shown_article

router = APIRouter(prefix="/studio", include_in_schema=False)


@router.post("/new/autosave", **require("create:article"))
async def autosave_new(request: Request, desk: DeskDep) -> Response:
    """Make a draft of what was typed so far."""
    _, typed = await sent_article(request)
    return await _told(lambda: desk.create(typed, "autosaved"))


@router.post("/articles/{slug}/autosave", **require("edit:article"))
async def autosave(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Save a draft as it was typed so far; what readers see is refused with 409, a stale save with 412."""
    form, typed = await sent_article(request)
    version = version_of(form)
    return await _told(lambda: _saved(desk, slug, typed, version))


async def _saved(desk: Desk, slug: str, typed: ArticleFields, version: int) -> EditableArticle:
    """A save whose answer was lost on the way is no conflict with itself."""
    try:
        return await desk.change(slug, typed, version, "autosaved")
    except StaleArticle:
        there = await desk.opened(slug)
        if there.status in {"draft", "scheduled"} and await desk.pages.saved_as(there, typed):
            return there
        raise


async def _told(save: Callable[[], Awaitable[EditableArticle]]) -> Response:
    try:
        article = await save()
    except StoaError as fault:
        refused = [{"field": one.field, "message": one.message} for one in fault.faults]
        return _json({"detail": fault.detail, "errors": refused}, fault.status)
    shown = shown_article(article)
    return _json({"id": str(shown.id), "slug": shown.slug, "url": shown.edit_url, "version": article.version})


def _json(said: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(said), status, headers={"cache-control": "no-store"}, media_type="application/json")
