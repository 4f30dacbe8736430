"""The SQL of credentials and one-time tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.accounts.models import Credential, OneTimeToken


class AccountRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def password_hash(self, user_id: UUID) -> str | None:
        return await self._session.scalar(select(Credential.password_hash).where(Credential.user_id == user_id))

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        made = insert(Credential).values(user_id=user_id, password_hash=password_hash)
        changed = {"password_hash": password_hash, "changed_at": func.now()}
        await self._session.execute(made.on_conflict_do_update(index_elements=[Credential.user_id], set_=changed))

    async def replace_hash(self, user_id: UUID, former: str, password_hash: str) -> None:
        """Another hash of the same password, unless the password was changed meanwhile."""
        await self._session.execute(
            update(Credential)
            .where(Credential.user_id == user_id, Credential.password_hash == former)
            .values(password_hash=password_hash)
            .execution_options(synchronize_session=False)
        )

    async def forget_password(self, user_id: UUID) -> None:
        await self._session.execute(delete(Credential).where(Credential.user_id == user_id))

    async def add_token(self, token: OneTimeToken) -> None:
        """Keep a token; those of the same user that are of no use any more go."""
        await self._session.execute(
            delete(OneTimeToken)
            .where(
                OneTimeToken.user_id.is_not_distinct_from(token.user_id),
                or_(OneTimeToken.expires_at < func.now(), OneTimeToken.used_at.is_not(None)),
            )
            .execution_options(synchronize_session=False)
        )
        self._session.add(token)

    async def token(self, token_hash: bytes, kind: str) -> tuple[UUID | None, str | None] | None:
        """User and address of a token that may still be used."""
        row = (await self._session.execute(_usable(token_hash, kind))).one_or_none()
        return (row[0], row[1]) if row else None

    async def use_token(self, token_hash: bytes, kind: str) -> tuple[UUID | None, str | None] | None:
        """As `token`, and spend it."""
        used = await self._session.execute(
            update(OneTimeToken)
            .where(*_is_usable(token_hash, kind))
            .values(used_at=func.clock_timestamp())
            .returning(OneTimeToken.user_id, OneTimeToken.email)
            .execution_options(synchronize_session=False)
        )
        row = used.one_or_none()
        return (row[0], row[1]) if row else None

    async def drop_tokens(self, *, user_id: UUID | None, kind: str | None = None) -> None:
        """Delete the tokens of a user (None: of the first owner)."""
        found = OneTimeToken.user_id == user_id if user_id else OneTimeToken.user_id.is_(None)
        statement = delete(OneTimeToken).where(found)
        if kind:
            statement = statement.where(OneTimeToken.kind == kind)
        await self._session.execute(statement.execution_options(synchronize_session=False))

    async def drop_expired(self, before: datetime) -> None:
        await self._session.execute(
            delete(OneTimeToken).where(OneTimeToken.expires_at < before).execution_options(synchronize_session=False)
        )


def _is_usable(token_hash: bytes, kind: str) -> tuple[Any, ...]:
    return (
        OneTimeToken.hash == token_hash,
        OneTimeToken.kind == kind,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > func.clock_timestamp(),
    )


def _usable(token_hash: bytes, kind: str) -> Any:
    return select(OneTimeToken.user_id, OneTimeToken.email).where(*_is_usable(token_hash, kind))
