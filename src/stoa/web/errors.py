"""Faults as pages: the one place where errors become HTML. A lost address that once led to an article leads there."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.shared.database import Database
from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.problems import as_stoa_error, log_unexpected
from stoa.web.contexts import ErrorPage, PageMeta, Site
from stoa.web.rendering import Pages

_NOT_FOUND = ("There is nothing here", "The address may be mistyped, or the page may have gone. Search may find it.")


async def error_page(request: Request, error: Exception) -> Response:
    """The page of any exception; what is not a known fault is logged and shown as a 500."""
    status, title, detail = _words(request, error)
    if status == 404 and request.method == "GET":
        moved = await _former_address(request)
        if moved:
            return RedirectResponse(f"/articles/{moved}", 301, headers={"cache-control": "no-cache"})
    site: Site = request.app.state.site
    pages: Pages = request.app.state.pages
    meta = PageMeta(title, detail, f"{site.url}/", noindex=True)
    html = pages.render(ErrorPage(meta, status, title, detail, str(request.scope.get("request_id", ""))))
    headers = {"retry-after": "2"} if status == 503 else None
    return Response(html, status, headers=headers, media_type="text/html; charset=utf-8")


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
    return fault.status, fault.title, fault.detail


async def _former_address(request: Request) -> str | None:
    database: Database = request.app.state.database
    try:
        return await ArticleReads(database.reads).moved_to(request.url.path)
    except (StoaError, OSError, Unavailable):
        return None
