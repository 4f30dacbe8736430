"""The writing SQL of telephone numbers."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.phones.models import PhoneNumber

_NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class CodeUnderWay:
    number: str
    code_hash: bytes


class PhoneRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def confirmed(self, user_id: UUID) -> str | None:
        found = select(PhoneNumber.number).where(PhoneNumber.user_id == user_id, PhoneNumber.confirmed_at.is_not(None))
        return await self._session.scalar(found)

    async def ask(self, user_id: UUID, number: str, code_hash: bytes, life: timedelta) -> None:
        """Take the place of whatever number and code there was; unconfirmed."""
        values = {
            "number": number,
            "confirmed_at": None,
            "code_hash": code_hash,
            "code_expires_at": _NOW + literal(life, INTERVAL()),
            "code_tries": 0,
            "created_at": _NOW,
        }
        asked = insert(PhoneNumber).values(user_id=user_id, **values)
        await self._session.execute(asked.on_conflict_do_update(index_elements=[PhoneNumber.user_id], set_=values))

    async def count_try(self, user_id: UUID, most: int) -> CodeUnderWay | None:
        """Count a try, and answer what it is to be held against; None when no code is under way any more.

        The row stays locked until the transaction ends: many at once are counted one after the other.
        """
        counted = (
            update(PhoneNumber)
            .where(
                PhoneNumber.user_id == user_id,
                PhoneNumber.code_hash.is_not(None),
                PhoneNumber.code_expires_at > _NOW,
                PhoneNumber.code_tries < most,
            )
            .values(code_tries=PhoneNumber.code_tries + 1)
            .returning(PhoneNumber.number, PhoneNumber.code_hash)
            .execution_options(synchronize_session=False)
        )
        row = (await self._session.execute(counted)).one_or_none()
        return CodeUnderWay(row.number, row.code_hash) if row else None

    async def confirm(self, user_id: UUID) -> None:
        await self._session.execute(
            update(PhoneNumber)
            .where(PhoneNumber.user_id == user_id)
            .values(confirmed_at=_NOW, code_hash=None, code_expires_at=None, code_tries=0)
            .execution_options(synchronize_session=False)
        )

    async def forget(self, user_id: UUID) -> bool:
        """Whether there was one."""
        gone = delete(PhoneNumber).where(PhoneNumber.user_id == user_id).returning(PhoneNumber.user_id)
        return await self._session.scalar(gone) is not None
