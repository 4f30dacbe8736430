"""The writing SQL of notifications. Whoever numbers or counts holds the lock of the person's counter."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, bindparam, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.models import Notification as Row
from stoa.modules.notifications.models import NotificationCounter as Counter

CHANNEL = "stoa_notifications"
_LOCK = text("""
INSERT INTO notification_counters (user_id) VALUES (:user_id)
ON CONFLICT (user_id) DO UPDATE SET last_number = notification_counters.last_number
RETURNING last_number
""")
_COUNT = text("""
UPDATE notification_counters SET unread = (
  SELECT count(*) FROM notifications
  WHERE user_id = :user_id AND is_shown AND read_at IS NULL AND archived_at IS NULL
) WHERE user_id = :user_id
""")
_PURGE = text("""
DELETE FROM notifications
WHERE coalesce(archived_at, read_at, CASE WHEN NOT is_shown THEN created_at END) < now() - :age
""").bindparams(bindparam("age", type_=Interval()))
_QUIET = {"synchronize_session": False}


class NotificationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, user_id: UUID) -> int:
        """The greatest number given so far; nobody else gives one before this transaction ends."""
        number: int = await self._session.scalar(_LOCK, {"user_id": user_id})
        return number

    async def has(self, user_id: UUID, source_id: UUID, kind: str) -> bool:
        same = (Row.user_id == user_id) & (Row.source_id == source_id) & (Row.type == kind)
        return bool(await self._session.scalar(select(exists().where(same))))

    async def unread_of_group(self, user_id: UUID, group_key: str) -> UUID | None:
        statement = select(Row.id).where(
            Row.user_id == user_id, Row.group_key == group_key, Row.read_at.is_(None), Row.archived_at.is_(None),
            Row.is_shown,
        )  # fmt: skip
        return await self._session.scalar(statement.order_by(Row.number.desc()).limit(1))

    async def add(self, values: Mapping[str, Any]) -> None:
        await self._session.execute(insert(Row).values(**values))

    async def grow(self, notification_id: UUID, values: Mapping[str, Any]) -> None:
        """It happened once more, now."""
        statement = (
            update(Row).where(Row.id == notification_id).values(times=Row.times + 1, created_at=func.now(), **values)
        )
        await self._session.execute(statement.execution_options(**_QUIET))

    async def numbered(self, user_id: UUID, number: int, *, more_unread: int) -> None:
        statement = update(Counter).where(Counter.user_id == user_id)
        await self._session.execute(
            statement.values(last_number=number, unread=Counter.unread + more_unread).execution_options(**_QUIET)
        )

    async def set_read(self, user_id: UUID, notification_id: UUID, *, read: bool) -> bool:
        """False when there is no such one of theirs."""
        values = (
            {"read_at": func.coalesce(Row.read_at, func.now()), "seen_at": func.coalesce(Row.seen_at, func.now())}
            if read
            else {"read_at": None}
        )
        statement = update(Row).where(Row.id == notification_id, Row.user_id == user_id).values(**values)
        found = await self._session.scalar(statement.returning(Row.id).execution_options(**_QUIET))
        return found is not None

    async def set_all_read(self, user_id: UUID, up_to: int | None) -> None:
        statement = update(Row).where(
            Row.user_id == user_id, Row.is_shown, Row.read_at.is_(None), Row.archived_at.is_(None)
        )
        if up_to is not None:
            statement = statement.where(Row.number <= up_to)
        values = {"read_at": func.now(), "seen_at": func.coalesce(Row.seen_at, func.now())}
        await self._session.execute(statement.values(**values).execution_options(**_QUIET))

    async def archive(self, user_id: UUID, notification_id: UUID) -> bool:
        """False when there is no such one of theirs."""
        statement = update(Row).where(Row.id == notification_id, Row.user_id == user_id)
        values = {
            "archived_at": func.coalesce(Row.archived_at, func.now()),
            "read_at": func.coalesce(Row.read_at, func.now()),
        }
        found = await self._session.scalar(statement.values(**values).returning(Row.id).execution_options(**_QUIET))
        return found is not None

    async def count_again(self, user_id: UUID) -> None:
        await self._session.execute(_COUNT, {"user_id": user_id})

    async def tell_streams(self, user_id: UUID) -> None:
        """Once this transaction commits."""
        await self._session.execute(select(func.pg_notify(CHANNEL, str(user_id))))

    async def forget(self, user_id: UUID) -> None:
        for table in (Row, Counter):
            await self._session.execute(delete(table).where(table.user_id == user_id).execution_options(**_QUIET))

    async def purge(self, days: int) -> None:
        await self._session.execute(_PURGE, {"age": timedelta(days=days)})
