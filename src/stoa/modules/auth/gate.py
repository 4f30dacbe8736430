"""Knows who sends a request, by cookie, access token or API key: read anew each time, in one statement.

So a ban, another role, another permission or an ended session acts on the very next request, in every process.
"""

from typing import Any, Literal
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from stoa.modules.auth import csrf
from stoa.modules.auth.api_keys import queries as keys
from stoa.modules.auth.api_keys.service import ApiKeyService
from stoa.modules.auth.errors import InvalidToken
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.secrets import KEY_BEGINS, hash_of, looks_like_api_key, looks_opaque
from stoa.modules.auth.sessions import queries as sessions
from stoa.modules.auth.sessions.service import SessionService
from stoa.modules.users.schemas import ban_words
from stoa.modules.users.service import UserService
from stoa.shared.clock import moment_of, utc_now
from stoa.shared.errors import PermissionDenied, StoaError
from stoa.shared.security import Actor, origin_of

log = structlog.get_logger("stoa.auth")


class Banned(PermissionDenied):
    code = "account-banned"
    title = "The account is banned"


class AccountGate:
    """The `Gate` of `shared/security.py`."""

    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts

    async def identify(self, request: Request) -> Actor | None:
        sent = request.headers.getlist("authorization")
        if len(sent) > 1:
            raise InvalidToken("Send one Authorization header, not several.")
        if sent:
            scheme, _, credential = sent[0].partition(" ")
            if scheme.lower() != "bearer":
                raise InvalidToken("Send `Authorization: Bearer <access token or API key>`.")
            return await self._by_bearer(request, credential.strip())
        secret = request.cookies.get(self._parts.cookie_name)
        if secret is None:
            return None
        actor = await self._by_cookie(request, secret)
        if actor is None:
            raise InvalidToken("Your session has ended. Sign in again.")
        if request.method not in csrf.SAFE:
            await csrf.check_session(request, actor.csrf_token)
        return actor

    async def recognise(self, request: Request) -> Actor | None:
        secret = request.cookies.get(self._parts.cookie_name)
        if secret is None or "authorization" in request.headers:
            return None
        try:
            return await self._by_cookie(request, secret)
        except StoaError:
            return None

    async def _by_bearer(self, request: Request, credential: str) -> Actor:
        if credential.startswith(KEY_BEGINS):
            return await self._by_key(request, credential)
        claims = self._parts.tokens.read(credential)
        row = await self._parts.database.reads.fetch_row(sessions.BY_ID, id=claims.session_id)
        if row is None:
            raise InvalidToken
        actor = await self._actor(request, row, "token", row["session_id"])
        if actor.id != claims.user_id:
            raise InvalidToken
        return actor

    async def _by_key(self, request: Request, key: str) -> Actor:
        row = None
        if looks_like_api_key(key):
            row = await self._parts.database.reads.fetch_row(keys.BY_SECRET, secret_hash=hash_of(key))
        if row is None:
            raise InvalidToken("There is no such API key, or it was ended.")
        return await self._actor(request, row, "key", None, scopes=frozenset(row["scopes"]))

    async def _by_cookie(self, request: Request, secret: str) -> Actor | None:
        if not looks_opaque(secret):
            return None
        row = await self._parts.database.reads.fetch_row(sessions.BY_COOKIE, secret_hash=hash_of(secret))
        return await self._actor(request, row, "cookie", row["session_id"]) if row else None

    async def _actor(
        self,
        request: Request,
        row: asyncpg.Record,
        credential: Literal["cookie", "token", "key"],
        session_id: UUID | None,
        scopes: frozenset[str] | None = None,
    ) -> Actor:
        user: dict[str, Any] = orjson.loads(row["user"])
        check_standing(user)
        granted = await self._parts.matrix.permissions(self._parts.database.reads, user["role"], row["revision"])
        user_id = UUID(user["id"])
        if row["is_stale"]:
            await self._note_use(user_id, session_id, None if session_id else row["key_id"])
        return Actor(
            id=user_id,
            username=user["username"],
            display_name=user["display_name"],
            avatar_url=user["avatar_url"],
            role=user["role"],
            permissions=granted if scopes is None else granted & scopes,
            credential=credential,
            is_verified=user["is_verified"],
            tier=user["tier"],
            session_id=session_id,
            key_id=row["key_id"] if credential == "key" else None,
            origin=origin_of(request),
            csrf_token=csrf.session_token(self._parts.keyring, session_id) if session_id else "",
        )

    async def _note_use(self, user_id: UUID, session_id: UUID | None, key_id: UUID | None) -> None:
        """Once a minute at most. A database that cannot write now is no reason to refuse a reader."""
        try:
            async with self._parts.database.unit_of_work() as session:
                await UserService(session).seen(user_id, utc_now())
                if session_id:
                    await SessionService(session, self._parts.life).note_use(session_id)
                if key_id:
                    await ApiKeyService(session).note_use(key_id)
        except (SQLAlchemyError, OSError) as error:
            log.warning("last use was not noted", error=type(error).__name__)


def check_standing(user: dict[str, Any]) -> None:
    """Of an account as `users.identity` reads it. Raises InvalidToken for one that is gone, Banned."""
    if not user["is_active"]:
        raise InvalidToken("The account is gone.")
    ban = ban_words(moment_of(user["banned_at"]), moment_of(user["banned_until"]), user["ban_reason"], utc_now())
    if ban:
        raise Banned(ban)
