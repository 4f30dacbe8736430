"""Who may call what: every route says its permission, or that it is public, at the route itself.

Who a caller is, the gate of the accounts knows (`app.state.gate`); nothing here reads a database.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Protocol
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import APIKeyCookie, HTTPBearer, OAuth2PasswordBearer

from stoa.shared.errors import PermissionDenied, Unauthenticated

SIGNED_IN: Final = "signed-in"
"""Any account in good standing, by cookie, token or API key."""
OWN_ACCOUNT: Final = "own-account"
"""The person behind the account, by cookie or token: what an API key must never do, however broad it is."""

_DECLARED = "x-permission"
_PUBLIC = "public"
_password = OAuth2PasswordBearer(
    "/api/v1/token",
    scheme_name="password",
    refreshUrl="/api/v1/token/refresh",
    auto_error=False,
    description="Sign in with address or username and password.",
)
_key = HTTPBearer(scheme_name="apiKey", auto_error=False, description="An API key, `stoa_...`.")
_cookie = APIKeyCookie(
    name="stoa_session",
    scheme_name="session",
    auto_error=False,
    description="The session of the pages; calls that change something also need the header `X-CSRF-Token`.",
)

PUBLIC: Mapping[str, Any] = {"openapi_extra": {_DECLARED: _PUBLIC}}


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request came: network address and what the client says it is."""

    address: str | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, for rules and records; read anew for every request. `id` is None on the command line only."""

    id: UUID | None
    username: str
    role: str
    permissions: frozenset[str]
    credential: Literal["cookie", "token", "key", "shell"]
    display_name: str = ""
    avatar_url: str | None = None
    is_verified: bool = False
    tier: str = "free"
    session_id: UUID | None = None
    key_id: UUID | None = None
    origin: Origin = Origin()
    csrf_token: str = ""

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def demand(self, permission: str) -> None:
        """Raises PermissionDenied without the permission."""
        if permission not in self.permissions:
            raise PermissionDenied(f"This needs the permission '{permission}', which you do not have.")

    @property
    def user_id(self) -> UUID:
        """The account's id, for what only accounts can do."""
        if self.id is None:
            raise PermissionDenied("Only an account can do this, not the command line.")
        return self.id


class Gate(Protocol):
    """Knows who sends a request."""

    async def identify(self, request: Request) -> Actor | None:
        """The caller; None without credentials. Raises Unauthenticated for bad ones, PermissionDenied for a ban."""

    async def recognise(self, request: Request) -> Actor | None:
        """As `identify`, but whoever cannot be let in is nobody: for pages that everybody may see."""


async def actor_of(request: Request) -> Actor | None:
    """The caller of this request, read once; None without credentials. Raises as `Gate.identify`."""
    state = request.scope.setdefault("state", {})
    if "actor" not in state:
        gate: Gate = request.app.state.gate
        state["actor"] = await gate.identify(request)
    actor: Actor | None = state["actor"]
    return actor


async def viewer_of(request: Request) -> Actor | None:
    """Who looks at a public page, if that is known."""
    gate: Gate = request.app.state.gate
    return await gate.recognise(request)


async def _signed_in(request: Request) -> Actor:
    actor = await actor_of(request)
    if actor is None:
        raise Unauthenticated("Sign in first: this needs an access token, an API key or a session.")
    return actor


ActorDep = Annotated[Actor, Depends(_signed_in)]


def require(permission: str, openapi: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The keywords of a route for callers with `permission`, SIGNED_IN or OWN_ACCOUNT: `**require("edit:tag")`.

    `openapi` says more about the route in the OpenAPI document.
    """
    return {"dependencies": [Depends(_guard(permission))], "openapi_extra": {_DECLARED: permission, **(openapi or {})}}


def declares(permission: str, openapi: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The keywords of a route that asks `actor_with(request, permission)` itself, first of all.

    For what is called very often: FastAPI's own way to the same takes a tenth of a millisecond and more.
    """
    known: dict[str, Any] = {"security": [{"apiKey": []}, {"password": []}, {"session": []}]}
    return {"openapi_extra": {_DECLARED: permission, **known, **(openapi or {})}}


async def actor_with(request: Request, permission: str) -> Actor:
    """The caller, who has that permission. Raises Unauthenticated, PermissionDenied."""
    actor = await _signed_in(request)
    actor.demand(permission)
    return actor


def _guard(permission: str) -> Callable[..., Awaitable[None]]:
    async def check(
        request: Request,
        _by_token: Annotated[object, Depends(_password)],
        _by_key: Annotated[object, Depends(_key)],
        _by_cookie: Annotated[object, Depends(_cookie)],
    ) -> None:
        await _demand(request, permission)

    return check


async def _demand(request: Request, permission: str) -> None:
    actor = await _signed_in(request)
    if permission == OWN_ACCOUNT:
        if actor.credential == "key":
            raise PermissionDenied("An API key cannot do this. Sign in with your password.")
    elif permission != SIGNED_IN:
        actor.demand(permission)


class GuardedRoute(APIRoute):
    """For routes that take files: nobody's body is read before it is known that they may send one.

    FastAPI reads a form, of any size, before it asks the first dependency.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        permission = (self.openapi_extra or {}).get(_DECLARED, _PUBLIC)

        async def guarded(request: Request) -> Response:
            if permission != _PUBLIC:
                await _demand(request, permission)
            return await handle(request)

        return guarded


def permissions_of(app: FastAPI) -> dict[tuple[str, str], str]:
    """Method and path of every route with what it declares."""
    return {
        (method, str(route.path)): (getattr(route, "openapi_extra", None) or {}).get(_DECLARED, "")
        for route in iter_route_contexts(app.routes)
        if route.path != app.openapi_url
        for method in sorted(route.methods or ())
    }


def check_declared(app: FastAPI) -> None:
    """Refuse to start with a route that says neither a permission nor that it is public."""
    silent = [f"{method} {path}" for (method, path), permission in permissions_of(app).items() if not permission]
    if silent:
        raise RuntimeError(f"routes without a declared permission: {', '.join(silent)}")


def origin_of(request: Request) -> Origin:
    """Where a request came from, cut to what is worth keeping."""
    client = request.client
    return Origin(client.host if client else None, request.headers.get("user-agent", "")[:300])
