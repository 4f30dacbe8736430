"""Articles before they are out: the links of one, the page of a link, and an author's way from the public address."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from stoa.modules.content.articles.errors import PreviewNotFound
from stoa.modules.content.articles.previews import MOST_DAYS, Preview, PreviewLinks
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import database_of
from stoa.shared.errors import InvalidInput, NotFound, PermissionDenied, StoaError
from stoa.shared.parameters import SlugPath
from stoa.shared.security import PUBLIC, require, viewer_of
from stoa.web.cards import card_of, toc_of
from stoa.web.contexts import ErrorPage, Site
from stoa.web.forms import read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.desk import Desk, DeskDep
from stoa.web.studio.pages import shown_article
from stoa.web.studio.revision_contexts import PreviewLinksPage, PreviewPage
from stoa.web.visitors import HTML, pages_of

router = APIRouter(include_in_schema=False)
_LINKS: Final = "/studio/articles/{slug}/preview-links"
_SECRET: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


@router.get("/preview/{token}", **PUBLIC)
async def preview(request: Request, token: str) -> Response:
    """An article as readers will see it, for whoever has the link.

    Nobody's name is in it and no form that posts: with `no-referrer` a form of ours looks like a foreign one.
    """
    try:
        found = await PreviewLinks(database_of(request)).preview(token)
        html, status = pages_of(request).render(_page(request, found)), 200
    except PreviewNotFound as fault:
        meta = private_meta(request, "This preview is not there")
        html, status = pages_of(request).render(ErrorPage(meta, 404, meta.title, fault.detail)), 404
    return Response(html, status, headers=_SECRET, media_type=HTML)


@router.get(_LINKS, **require("edit:article"))
async def preview_links(request: Request, slug: SlugPath, desk: DeskDep, done: str = "") -> Response:
    """The links by which an article can be read before it is out."""
    article = await desk.writing.editable(desk.actor, slug)
    told = "Nobody can use the links any more." if done == "revoked" else ""
    return await private_page(request, await _links(request, desk, article, done=told))


@router.post(_LINKS, **require("edit:article"))
async def make_preview_link(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Make a link, and show it once."""
    form = await read_form(request, {"days"})
    article = await desk.opened(slug)
    try:
        link = await desk.links.make(desk.actor, article.slug, _days(form["days"]))
    except StoaError as fault:
        if fault.status in {401, 403, 404}:
            raise
        return await private_page(request, await _links(request, desk, article, error=fault.detail), fault=fault)
    site: Site = request.app.state.site
    return await private_page(request, await _links(request, desk, article, f"{site.url}/preview/{link.token}"))


@router.post(f"{_LINKS}/revoke", **require("edit:article"))
async def revoke_preview_links(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """End all links of an article."""
    await read_form(request, ())
    article = await desk.opened(slug)
    await desk.links.revoke(desk.actor, article.slug)
    return see_other(f"{shown_article(article).edit_url}/preview-links?done=revoked")


async def way_to_draft(request: Request, slug: str) -> Response | None:
    """From the public address of what is not out to the studio, for those who may change it; others: none."""
    actor = await viewer_of(request)
    if actor is None or not actor.can("edit:article"):
        return None
    writing = ArticleWriting(database_of(request), request.app.state.markdown)
    try:
        article = await writing.editable(actor, slug)
    except (NotFound, PermissionDenied):
        return None
    return see_other(f"{shown_article(article).edit_url}?done=not-out#preview")


async def _links(
    request: Request, desk: Desk, article: EditableArticle, new_link: str = "", *, done: str = "", error: str = ""
) -> PreviewLinksPage:
    living = await desk.links.page(desk.actor, article.slug)
    return PreviewLinksPage(
        meta=private_meta(request, f"Preview links: {article.title}"),
        article=shown_article(article),
        links=[(one.made_at, one.expires_at) for one in living],
        new_link=new_link,
        done=done,
        error=error,
    )


def _days(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 2:
        raise InvalidInput(f"Say for how many days: 1 to {MOST_DAYS}.")
    return int(typed)


def _page(request: Request, found: Preview) -> PreviewPage:
    article: dict[str, Any] = orjson.loads(found.json)
    site: Site = request.app.state.site
    card = card_of(article)
    return PreviewPage(
        meta=private_meta(request, f"Preview: {card.title}", card.excerpt or card.title),
        article=card,
        html=Markup(article["html"]),  # noqa: S704 # sanitised when it was saved
        lead=article["summary"],
        toc=toc_of(article["toc"]),
        language=article["language"] if article["language"] != site.language else None,
        until=found.expires_at,
    )
