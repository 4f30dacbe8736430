"""The cookie of a session: set at each sign-in, taken away at sign-out. Scripts never see it."""

from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.accounts.sign_in import SignIn
from stoa.modules.auth.parts import AuthParts, parts_of
from stoa.modules.auth.sessions.schemas import CookieSession
from stoa.modules.users.schemas import Account
from stoa.shared.security import origin_of
from stoa.web.private import see_other


async def sign_in_as(request: Request, account: Account, path: str) -> Response:
    """A new session for somebody whose right to it is proven; the browser's former one ends."""
    parts = parts_of(request)
    former = request.cookies.get(parts.cookie_name)
    session = await SignIn(parts).begin_cookie(account, origin_of(request), former)
    return keep_session(parts, see_other(path), session)


def keep_session(parts: AuthParts, answer: Response, session: CookieSession) -> Response:
    answer.set_cookie(
        parts.cookie_name,
        session.secret,
        max_age=session.seconds,
        httponly=True,
        samesite="lax",
        secure=parts.is_https,
        path="/",
    )
    return answer


def drop_session(parts: AuthParts, answer: Response) -> Response:
    answer.delete_cookie(parts.cookie_name, path="/", httponly=True, samesite="lax", secure=parts.is_https)
    return answer
