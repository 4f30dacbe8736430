"""The API of sessions: tokens as OAuth 2 has them (RFC 6749, 7009, 8414), and where one is signed in."""

from uuid import UUID

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.accounts.sign_in import SignIn
from stoa.modules.auth.errors import InvalidScope, UnsupportedGrantType
from stoa.modules.auth.oauth.form import fields_of, form_schema
from stoa.modules.auth.parts import parts_of
from stoa.modules.auth.sessions.schemas import SessionList, TokenOut
from stoa.modules.auth.sessions.service import RefreshTokens, SessionReads, SessionService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, PUBLIC, ActorDep, origin_of, require

router = APIRouter(tags=["sessions"])
metadata_router = APIRouter(include_in_schema=False)
_PASSWORD, _REFRESH = "password", "refresh_token"  # names of the RFC
_TOKEN_FORM = form_schema(
    {
        "grant_type": {"enum": [_PASSWORD, _REFRESH]},
        "username": {"description": "Address or username."},
        "password": {"format": "password"},
        "refresh_token": {},
        "scope": {},
        "client_id": {},
        "client_secret": {},
    },
    ["grant_type"],
)
_REFRESH_FORM = form_schema(
    {"refresh_token": {}, "grant_type": {"enum": [_REFRESH]}, "scope": {}, "client_id": {}, "client_secret": {}},
    ["refresh_token"],
)
_REVOKE_FORM = form_schema({"token": {}, "token_type_hint": {}, "client_id": {}, "client_secret": {}}, ["token"])
_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


def _open(form: dict[str, object]) -> dict[str, dict[str, object]]:
    return {"openapi_extra": {**PUBLIC["openapi_extra"], **form}}


@router.post("/token", responses=answers(TokenOut, 429), **_open(_TOKEN_FORM))  # type: ignore[arg-type] # keywords
async def get_token(request: Request) -> Response:
    """Sign in with a password, or refresh."""
    known = {"grant_type", "username", "password", "refresh_token"}
    fields = await fields_of(request, known, ["grant_type"])
    if fields.get("scope"):
        raise InvalidScope
    match fields["grant_type"]:
        case "password":
            fields = await fields_of(request, known - {"refresh_token"}, ["username", "password"])
            signing = SignIn(parts_of(request))
            tokens = await signing.for_tokens(fields["username"], fields["password"], origin_of(request))
        case "refresh_token":
            fields = await fields_of(request, {"grant_type", "refresh_token"}, ["refresh_token"])
            tokens = await _refresh_tokens(request).refresh(fields["refresh_token"], origin_of(request))
        case other:
            raise UnsupportedGrantType(other)
    return Response(tokens.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.post("/token/refresh", responses=answers(TokenOut), **_open(_REFRESH_FORM))  # type: ignore[arg-type] # keywords
async def refresh_token(request: Request) -> Response:
    """Trade a refresh token for a new pair; it works once."""
    fields = await fields_of(request, {"grant_type", "refresh_token"}, ["refresh_token"])
    if fields.get("grant_type", _REFRESH) != _REFRESH:
        raise UnsupportedGrantType(fields["grant_type"])
    if fields.get("scope"):
        raise InvalidScope
    tokens = await _refresh_tokens(request).refresh(fields["refresh_token"], origin_of(request))
    return Response(tokens.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.post("/token/revoke", response_class=Response, responses={200: {"description": "Done."}}, **_open(_REVOKE_FORM))  # type: ignore[arg-type] # keywords
async def revoke_token(request: Request) -> Response:
    """End the sign-in of an access or refresh token (RFC 7009); an unknown token is no fault."""
    fields = await fields_of(request, {"token", "token_type_hint"}, ["token"])
    await _refresh_tokens(request).revoke(fields["token"])
    return Response(status_code=200, headers=_NO_STORE)


@router.post("/logout", status_code=204, responses=answers(TokenOut, 401, 403), **require(OWN_ACCOUNT))
async def log_out(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """End this sign-in."""
    if actor.session_id:
        await _sessions(request, session).end_one(actor.user_id, actor.session_id)
    response = Response(status_code=204)
    response.delete_cookie(parts_of(request).cookie_name, path="/", secure=parts_of(request).is_https, httponly=True)
    return response


@router.get("/sessions", responses=answers(SessionList, 401, 403), **require(OWN_ACCOUNT))
async def list_sessions(actor: ActorDep, request: Request) -> Response:
    """List where one is signed in."""
    return private_json(await SessionReads(reads_of(request)).of(actor))


@router.delete("/sessions", status_code=204, responses=answers(SessionList, 401, 403), **require(OWN_ACCOUNT))
async def end_sessions(actor: ActorDep, session: SessionDep, request: Request) -> None:
    """Sign out everywhere, here too."""
    await _sessions(request, session).end_all(actor.user_id, "signed out everywhere")


@router.delete(
    "/sessions/{session_id}", status_code=204, responses=answers(SessionList, 401, 403, 404), **require(OWN_ACCOUNT)
)
async def end_session(session_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> None:
    """End one sign-in."""
    await _sessions(request, session).end_one(actor.user_id, session_id)


@metadata_router.get("/.well-known/oauth-authorization-server", **PUBLIC)
async def metadata(request: Request) -> Response:
    """RFC 8414."""
    url = parts_of(request).mails.url
    api = f"{url}/api/v1"
    return private_json(
        orjson.dumps(
            {
                "issuer": url,
                "token_endpoint": f"{api}/token",
                "revocation_endpoint": f"{api}/token/revoke",
                "response_types_supported": [],
                "grant_types_supported": [_PASSWORD, _REFRESH],
                "token_endpoint_auth_methods_supported": ["none"],
                "revocation_endpoint_auth_methods_supported": ["none"],
                "service_documentation": f"{url}/docs",
            }
        )
    )


def _refresh_tokens(request: Request) -> RefreshTokens:
    parts = parts_of(request)
    return RefreshTokens(parts.database, parts.tokens, parts.life)


def _sessions(request: Request, session: SessionDep) -> SessionService:
    return SessionService(session, parts_of(request).life)
