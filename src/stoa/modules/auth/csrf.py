"""Requests that only the site's own pages can make: each change by cookie shows a token and comes from our origin."""

import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.parts import AuthParts
from stoa.shared.errors import PermissionDenied
from stoa.shared.keyring import Keyring

FIELD: Final = "csrf_token"
HEADER: Final = "x-csrf-token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_COOKIE: Final = "stoa_form"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForgedRequest(PermissionDenied):
    code = "csrf"
    title = "The form is too old"

    def __init__(self) -> None:
        super().__init__("The form was not sent from this site, or is too old. Load the page again and send it anew.")


def session_token(keyring: Keyring, session_id: UUID) -> str:
    """What a signed-in person's forms carry; bound to the session, worthless without its cookie."""
    return keyring.sign("csrf", session_id.bytes)


async def check_session(request: Request, token: str) -> None:
    """For a change by cookie: the token in the header or in the form, and our own origin. Raises ForgedRequest."""
    sent = request.headers.get(HEADER)
    if sent is None and not request.url.path.startswith("/api/"):
        sent = await _field(request)
    if not _same(sent, token) or not is_own_origin(request):
        raise ForgedRequest


def form_token(parts: AuthParts, request: Request) -> tuple[str, str | None]:
    """For the forms of those who are not signed in: the token, and the cookie to set if there was none."""
    cookie = request.cookies.get(_FORM_COOKIE, "")
    new = None
    if len(cookie) < 32:
        cookie = new = secrets.token_urlsafe(24)
    return parts.keyring.sign("form", cookie.encode()), new


def keep_form_cookie(parts: AuthParts, response: Response, value: str | None) -> None:
    if value:
        response.set_cookie(_FORM_COOKIE, value, httponly=True, samesite="lax", secure=parts.is_https, path="/")


async def check_form(parts: AuthParts, request: Request) -> None:
    """For a form of somebody who is not signed in. Raises ForgedRequest."""
    cookie = request.cookies.get(_FORM_COOKIE, "")
    sent = await _field(request)
    if not cookie or not is_own_origin(request) or sent is None:
        raise ForgedRequest
    if not parts.keyring.verify("form", cookie.encode(), sent):
        raise ForgedRequest


def is_own_origin(request: Request) -> bool:
    """By what the browser says of the sender, or by `Origin` or `Referer`: every browser sends one with a form.

    `Origin` is `null` from pages that send no referrer, so it comes second.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("origin") or request.headers.get("referer") or ""
    public = urlsplit(request.app.state.auth.mails.url).netloc
    try:
        sent = urlsplit(sender).netloc.lower()
    except ValueError:  # a bracket without its other half
        return False
    return sent in {request.headers.get("host", "").lower(), public.lower()} - {""}


async def _field(request: Request) -> str | None:
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return None
    value = (await request.form()).get(FIELD)
    return value if isinstance(value, str) else None


def _same(sent: str | None, token: str) -> bool:
    return sent is not None and hmac.compare_digest(sent.encode("utf-8", "replace"), token.encode())
