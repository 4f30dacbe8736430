"""Who may call what: every route says its permission, or that it is public, at the route itself.

The caller is known by a bearer token. Without accounts there is one identity with rights: the operator.
"""

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPBearer

from stoa.shared.errors import Unauthenticated

_DECLARED = "x-permission"
_TOKEN_FILE = "operator-token"  # noqa: S105 # the name of a file
_bearer = HTTPBearer(auto_error=False, description="The operator's token.")

PUBLIC: Mapping[str, Any] = {"openapi_extra": {_DECLARED: "public"}}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, for rules and records."""

    name: str


async def _signed_in(request: Request, _: Annotated[object, Depends(_bearer)]) -> Actor:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    expected: str | None = request.app.state.operator_token
    if expected and scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), expected.encode()):
        return Actor("operator")
    raise Unauthenticated("This call needs the header `Authorization: Bearer <token>` with the operator's token.")


ActorDep = Annotated[Actor, Depends(_signed_in)]


def guarded(permission: str) -> dict[str, Any]:
    """The keywords of a route that only callers with `permission` may use: `@router.post("", **guarded("..."))`."""
    return {"dependencies": [Depends(_signed_in)], "openapi_extra": {_DECLARED: permission}}


def check_declared(app: FastAPI) -> None:
    """Refuse to start with a route that says neither a permission nor that it is public."""
    silent = [
        f"{sorted(route.methods or ())} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.path != app.openapi_url and _DECLARED not in (getattr(route, "openapi_extra", None) or {})
    ]
    if silent:
        raise RuntimeError(f"routes without a declared permission: {', '.join(silent)}")


def operator_token(folder: Path) -> str:
    """The token kept in `folder`; made there on first use, readable by its owner only."""
    path = folder / _TOKEN_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(token)
    return token
