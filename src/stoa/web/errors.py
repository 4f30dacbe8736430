"""Faults as pages: the one place where errors become HTML. A lost address that once led to an article leads there."""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.shared.database import Database
from stoa.shared.errors import StoaError, TooManyRequests, Unavailable
from stoa.shared.problems import as_stoa_error, log_unexpected
from stoa.shared.security import viewer_of
from stoa.web.contexts import ErrorPage, PageMeta, Site, Visitor
from stoa.web.footer import Links, footer_of
from stoa.web.rendering import Pages
from stoa.web.visitors import HTML, visitor_of

_NOT_FOUND = ("There is nothing here", "The address may be mistyped, or the page may have gone. Search may find it.")

_SIGNED_OUT = (
    "You are signed out",
    "Nothing was saved. Go back to copy what you typed, then sign in and send it again.",
)


async def error_page(request: Request, error: Exception) -> Response:
    """The page of any exception; what is not a known fault is logged and shown as a 500."""
    status, title, detail = _words(request, error)
    if status == 401 and request.method in {"GET", "HEAD"}:
        return _to_sign_in(request)
    if status == 404 and request.method == "GET":
        moved = await _former_address(request)
        if moved:
            return RedirectResponse(f"/articles/{moved}", 301, headers={"cache-control": "no-cache"})
    site: Site = request.app.state.site
    pages: Pages = request.app.state.pages
    meta = PageMeta(title, detail, f"{site.url}/", noindex=True)
    page = ErrorPage(meta, status, title, detail, str(request.scope.get("request_id", "")))
    visitor, footer = await _around(request) if status < 500 else (None, ())
    html = pages.render(page, visitor, footer)
    return Response(html, status, headers=_headers(error, status), media_type=HTML)


def _to_sign_in(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?{urlencode({'next': asked})}", 303, headers={"cache-control": "no-store"})


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"cache-control": "no-store", "vary": "Cookie"}
    if isinstance(error, TooManyRequests):
        headers["retry-after"] = str(error.retry_after)
    elif status == 503:
        headers["retry-after"] = "2"
    return headers


async def _around(request: Request) -> tuple[Visitor | None, Links]:
    """Who sees the page and what its footer holds, if that can be found out: a fault on top of a fault helps nobody."""
    try:
        actor = await viewer_of(request)
        return await visitor_of(request, actor) if actor else None, await footer_of(request)
    except Exception as error:  # noqa: BLE001 # whatever it is, the page about the first fault is sent
        log_unexpected(error, request)
        return None, ()


def _words(request: Request, error: Exception) -> tuple[int, str, str]:
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return (404, *_NOT_FOUND)
        return error.status_code, "That did not work", str(error.detail)
    fault = as_stoa_error(error)
    if fault is None:
        log_unexpected(error, request)
        return 500, "Something broke on our side", "It has been noted. Try again in a moment."
    if fault.status == 404:
        return (404, *_NOT_FOUND)
    if fault.status == 401:
        return (401, *_SIGNED_OUT)
    return fault.status, fault.title, fault.detail


async def _former_address(request: Request) -> str | None:
    database: Database = request.app.state.database
    try:
        return await ArticleReads(database.reads).moved_to(request.url.path)
    except (StoaError, OSError, Unavailable):
        return None
