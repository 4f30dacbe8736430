"""The writing SQL of sessions and refresh tokens."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import BYTEA, INTERVAL
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.sessions.models import RefreshToken, Session
from stoa.modules.auth.sessions.queries import LIVING

_NOW = func.clock_timestamp()


class SessionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, session: Session) -> None:
        self._session.add(session)

    def add_refresh_token(self, token: RefreshToken) -> None:
        self._session.add(token)

    async def flush(self) -> None:
        await self._session.flush()

    async def rotate(self, token_hash: bytes, successor: bytes, salt: bytes, life: timedelta) -> UUID | None:
        """Spend a token, keep its successor and prolong its session, in one statement; the session, or None.

        Of many at once one finds the token unspent; the others wait for its row and then find it spent.
        """
        spent = (
            update(RefreshToken)
            .where(
                RefreshToken.hash == token_hash,
                RefreshToken.used_at.is_(None),
                RefreshToken.expires_at > _NOW,
                exists().where(Session.id == RefreshToken.session_id, LIVING),
            )
            .values(used_at=_NOW)
            .returning(RefreshToken.session_id)
            .cte("spent")
        )
        kept = (
            insert(RefreshToken)
            .from_select(
                ["hash", "session_id", "salt", "expires_at"],
                select(literal(successor, BYTEA()), spent.c.session_id, literal(salt, BYTEA()), _NOW + _interval(life)),
            )
            .cte("kept")
        )
        prolonged = (
            update(Session)
            .where(Session.id == spent.c.session_id)
            .values(last_used_at=_NOW, expires_at=_NOW + _interval(life))
            .returning(Session.id)
            .add_cte(kept)
            .execution_options(synchronize_session=False)
        )
        return (await self._session.execute(prolonged)).scalar_one_or_none()

    async def salt_of(self, token_hash: bytes) -> bytes | None:
        return await self._session.scalar(select(RefreshToken.salt).where(RefreshToken.hash == token_hash))

    async def spent(self, token_hash: bytes, grace: timedelta) -> tuple[UUID, UUID, bool, bool] | None:
        """Of a spent token: session, user, whether it was within the grace, and whether the session lives."""
        row = (
            await self._session.execute(
                select(
                    Session.id,
                    Session.user_id,
                    (RefreshToken.used_at > _NOW - _interval(grace)).label("in_grace"),
                    LIVING.label("lives"),
                )
                .join(Session, Session.id == RefreshToken.session_id)
                .where(RefreshToken.hash == token_hash, RefreshToken.used_at.is_not(None))
            )
        ).one_or_none()
        return (row[0], row[1], row[2], row[3]) if row else None

    async def user_of(self, session_id: UUID) -> UUID | None:
        return await self._session.scalar(select(Session.user_id).where(Session.id == session_id))

    async def lives(self, session_id: UUID) -> bool:
        return await self._session.scalar(select(Session.id).where(Session.id == session_id, LIVING)) is not None

    async def session_of_refresh_token(self, token_hash: bytes) -> UUID | None:
        return await self._session.scalar(select(RefreshToken.session_id).where(RefreshToken.hash == token_hash))

    async def end(
        self,
        because: str,
        *,
        user_id: UUID | None = None,
        session_id: UUID | None = None,
        secret_hash: bytes | None = None,
        but: UUID | None = None,
    ) -> int:
        """End the living sessions that all of these name; how many ended."""
        wanted: ColumnElement[bool] = true()
        if user_id:
            wanted &= Session.user_id == user_id
        if session_id:
            wanted &= Session.id == session_id
        if secret_hash:
            wanted &= Session.secret_hash == secret_hash
        if but:
            wanted &= Session.id != but
        ended = await self._session.scalars(
            update(Session)
            .where(wanted, Session.ended_at.is_(None))
            .values(ended_at=_NOW, ended_because=because)
            .returning(Session.id)
            .execution_options(synchronize_session=False)
        )
        return len(ended.all())

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(
            delete(Session).where(Session.user_id == user_id).execution_options(synchronize_session=False)
        )

    async def note_use(self, session_id: UUID, now: datetime) -> None:
        await self._session.execute(
            update(Session)
            .where(Session.id == session_id, Session.last_used_at < now)
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )

    async def forget_old(self, user_id: UUID, before: datetime) -> None:
        """Delete sessions of a user, with their tokens, that ended or expired before that time."""
        await self._session.execute(
            delete(Session)
            .where(Session.user_id == user_id, or_(Session.expires_at < before, Session.ended_at < before))
            .execution_options(synchronize_session=False)
        )

    async def forget_ended(self, before: datetime) -> None:
        """Delete everybody's sessions, with their tokens, that ended or expired before that time."""
        await self._session.execute(
            delete(Session)
            .where(or_(Session.expires_at < before, Session.ended_at < before))
            .execution_options(synchronize_session=False)
        )


def _interval(time: timedelta) -> ColumnElement[timedelta]:
    return literal(time, INTERVAL())
