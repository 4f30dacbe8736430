"""Use cases of sessions: begin, rotate, revoke, end. Never sees a password."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.errors import InvalidGrant, InvalidToken, SessionNotFound
from stoa.modules.auth.events import SessionReused
from stoa.modules.auth.secrets import hash_of, looks_opaque, new_secret
from stoa.modules.auth.sessions import queries
from stoa.modules.auth.sessions.devices import device_name
from stoa.modules.auth.sessions.models import RefreshToken, Session
from stoa.modules.auth.sessions.repository import SessionRepository
from stoa.modules.auth.sessions.schemas import CookieSession, TokenOut
from stoa.modules.auth.sessions.tokens import AccessTokens
from stoa.shared.clock import utc_now
from stoa.shared.database import Database, ReadSession
from stoa.shared.ids import new_id
from stoa.shared.security import Actor, Origin

GRACE: Final = timedelta(seconds=10)
"""Within it a spent refresh token is answered with the same successor: two requests of one client met."""
KEPT: Final = timedelta(days=30)
"""How long an ended session is kept, for those who ask what happened."""
_SPENT = "The refresh token is spent, expired or revoked. Sign in again."


def session_lives(session_id: ColumnElement[UUID | None]) -> ColumnElement[bool]:
    """SQL for whether the session of that id lives, for what other modules bind to a session."""
    return queries.lives(session_id)


class SessionService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession, life: timedelta) -> None:
        self._session = session
        self._sessions = SessionRepository(session)
        self._life = life

    async def begin_cookie(self, user_id: UUID, origin: Origin) -> CookieSession:
        secret = new_secret()
        await self._sessions.forget_old(user_id, utc_now() - KEPT)
        session = self._new("cookie", user_id, origin, secret_hash=hash_of(secret))
        await self._sessions.flush()
        return CookieSession(session.id, secret, int(self._life.total_seconds()))

    async def begin_tokens(self, user_id: UUID, origin: Origin) -> tuple[UUID, str]:
        """The session and its first refresh token."""
        await self._sessions.forget_old(user_id, utc_now() - KEPT)
        session = self._new("token", user_id, origin)
        await self._sessions.flush()
        token = new_secret()
        self._sessions.add_refresh_token(
            RefreshToken(
                hash=hash_of(token),
                session_id=session.id,
                salt=secrets.token_bytes(16),
                expires_at=utc_now() + self._life,
            )
        )
        return session.id, token

    async def end_all(self, user_id: UUID, because: str, *, but: UUID | None = None) -> int:
        """End every session of a user but one; how many ended."""
        return await self._sessions.end(because, user_id=user_id, but=but)

    async def end_cookie(self, secret_hash: bytes) -> None:
        """End the session that a browser had, if it still lives."""
        await self._sessions.end("signed out", secret_hash=secret_hash)

    async def end_one(self, user_id: UUID, session_id: UUID) -> None:
        """Raises SessionNotFound for another's session as for none."""
        if not await self._sessions.end("signed out", user_id=user_id, session_id=session_id):
            raise SessionNotFound

    async def forget(self, user_id: UUID) -> None:
        """Delete every trace of where somebody was signed in."""
        await self._sessions.forget(user_id)

    async def note_use(self, session_id: UUID) -> None:
        await self._sessions.note_use(session_id, utc_now())

    def _new(self, kind: str, user_id: UUID, origin: Origin, *, secret_hash: bytes | None = None) -> Session:
        session = Session(
            id=new_id(),
            user_id=user_id,
            kind=kind,
            secret_hash=secret_hash,
            device=device_name(origin.device),
            address=origin.address,
            expires_at=utc_now() + self._life,
        )
        self._sessions.add(session)
        return session


@dataclass(frozen=True, slots=True)
class _Reuse:
    session_id: UUID
    user_id: UUID


class RefreshTokens:
    """Rotation and revocation, in transactions of their own: what a refusal ends stays ended."""

    def __init__(self, database: Database, tokens: AccessTokens, life: timedelta) -> None:
        self._database = database
        self._tokens = tokens
        self._life = life

    async def refresh(self, token: str, origin: Origin) -> TokenOut:
        """A new pair for a refresh token. One that was spent before the grace ends its family. Raises InvalidGrant."""
        if not looks_opaque(token):
            raise InvalidGrant(_SPENT)
        outcome = await self._database.transact(lambda session: self._rotate(session, token))
        if isinstance(outcome, _Reuse):
            await self._database.transact(lambda session: self._end_family(session, outcome, origin))
            raise InvalidGrant(_SPENT)
        if outcome is None:
            raise InvalidGrant(_SPENT)
        return outcome

    async def revoke(self, token: str) -> None:
        """End the session of a refresh or access token; anything else is no fault (RFC 7009, section 2.2)."""
        await self._database.transact(lambda session: self._revoke(SessionRepository(session), token))

    async def _rotate(self, session: AsyncSession, token: str) -> TokenOut | _Reuse | None:
        """The successor is made of the token and a salt that only we know: any repeat gives the same one."""
        sessions = SessionRepository(session)
        spent_hash = hash_of(token)
        salt = await sessions.salt_of(spent_hash)
        if salt is None:
            return None
        successor = _successor(token, salt)
        session_id = await sessions.rotate(spent_hash, hash_of(successor), secrets.token_bytes(16), self._life)
        if session_id is None:
            spent = await sessions.spent(spent_hash, GRACE)
            if spent is None:
                return None
            session_id, user_id, in_grace, lives = spent
            if not lives:
                return None
            if not in_grace:
                return _Reuse(session_id, user_id)
        found = await sessions.user_of(session_id)
        return self.pair(found, session_id, successor) if found else None

    def pair(self, user_id: UUID, session_id: UUID, refresh_token: str) -> TokenOut:
        return TokenOut(
            access_token=self._tokens.make(user_id, session_id),
            refresh_token=refresh_token,
            expires_in=self._tokens.seconds,
        )

    async def _revoke(self, sessions: SessionRepository, token: str) -> None:
        session_id = await sessions.session_of_refresh_token(hash_of(token))
        if session_id is None and "." in token:
            session_id = self._session_of_access_token(token)
        if session_id:
            await sessions.end("revoked", session_id=session_id)

    async def _end_family(self, session: AsyncSession, reuse: _Reuse, origin: Origin) -> None:
        """A spent token came back: somebody else may have it. Nobody keeps the family, and its owner is told."""
        if not await SessionRepository(session).end("refresh token reused", session_id=reuse.session_id):
            return
        await publish(session, SessionReused(user_id=reuse.user_id, session_id=reuse.session_id))
        await AuditService(session).record(
            "session.reused",
            actor=None,
            origin=origin,
            subject_type="user",
            subject_id=reuse.user_id,
            details={"session_id": str(reuse.session_id)},
        )

    def _session_of_access_token(self, token: str) -> UUID | None:
        try:
            return self._tokens.read(token).session_id
        except InvalidToken:
            return None


class SessionReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def of(self, actor: Actor) -> bytes:
        """Where the caller is signed in, last used first, as JSON."""
        found = orjson.loads(await self._reads.fetch_value(queries.OF_USER, user_id=actor.user_id))
        items = [{**one, "is_current": one["id"] == str(actor.session_id)} for one in found]
        items.sort(key=lambda one: (one["is_current"], one["last_used_at"]), reverse=True)
        return orjson.dumps({"items": items})


def _successor(token: str, salt: bytes) -> str:
    digest = hmac.digest(token.encode(), b"refresh token after " + salt, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def forget_ended(session: AsyncSession, before: datetime) -> None:
    """Delete sessions that ended or expired before that time."""
    await SessionRepository(session).forget_ended(before)
