"""Pages of one person, and of forms: made for one request and kept by nobody. How forms are read is in forms.py."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.modules.auth.csrf import check_form, form_token, keep_form_cookie
from stoa.modules.auth.parts import parts_of
from stoa.shared.errors import StoaError, TooManyRequests
from stoa.shared.security import actor_of, viewer_of
from stoa.web.contexts import PageMeta, Site
from stoa.web.forms import Form, read_form
from stoa.web.visitors import HTML, pages_of, visitor_of

TOKEN_IN_ADDRESS: Final = {"referrer-policy": "strict-origin", "x-robots-tag": "noindex"}
"""For pages whose address is a secret: their forms name our origin, and nothing names the address.

Not `no-referrer`: with it browsers say `Origin: null`, and a form of ours could not be told from a foreign one.
"""
_PRIVATE = {"cache-control": "no-store", "referrer-policy": "same-origin", "vary": "Cookie"}
_LONGEST_NEXT = 2000


async def private_page(
    request: Request,
    page: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    fault: StoaError | None = None,
) -> Response:
    """A page for whoever asks, and for nobody else; a stranger's is the same without a name in the header.

    `fault` is why a form is shown again: its status and when to try again are the answer's.
    """
    state = request.scope.setdefault("state", {})
    actor = await actor_of(request) if state.get("actor") is not None else await viewer_of(request)
    html = pages_of(request).render(page, await visitor_of(request, actor) if actor else None)
    sent = {**_PRIVATE, **(headers or {})}
    if isinstance(fault, TooManyRequests):
        sent["retry-after"] = str(fault.retry_after)
    return Response(html, fault.status if fault else status, headers=sent, media_type=HTML)


async def stranger_page(
    request: Request,
    make: Callable[[str], object],
    *,
    headers: Mapping[str, str] | None = None,
    fault: StoaError | None = None,
) -> Response:
    """A page with a form for those who are not signed in; `make` gets the token that the form carries."""
    parts = parts_of(request)
    token, cookie = form_token(parts, request)
    answer = await private_page(request, make(token), headers=headers, fault=fault)
    keep_form_cookie(parts, answer, cookie)
    return answer


async def stranger_form(request: Request, *known: str) -> Form:
    """The form that such a page sent. Raises ForgedRequest, MalformedInput."""
    form = await read_form(request, known)
    await check_form(parts_of(request), request)
    return form


def see_other(path: str) -> Response:
    """After a form: on to another page, which a reload does not send again."""
    return RedirectResponse(path, 303, headers={"cache-control": "no-store"})


def private_meta(request: Request, title: str, description: str = "") -> PageMeta:
    site: Site = request.app.state.site
    return PageMeta(title, description or f"{title} · {site.name}", f"{site.url}{request.url.path}", noindex=True)


def safe_next(value: str | None) -> str:
    """Where to go after signing in: a path of this site, else the front page."""
    if value is None or len(value) > _LONGEST_NEXT or not value.startswith("/") or "\\" in value:
        return "/"
    if "//" in value.partition("?")[0] or any(character < " " or character == "\x7f" for character in value):
        return "/"
    return value
