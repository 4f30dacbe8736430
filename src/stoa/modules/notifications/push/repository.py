"""The writing SQL of push."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.sessions.service import session_lives
from stoa.modules.notifications.push.models import PushKey, PushSubscription

LIVING = session_lives(PushSubscription.session_id.expression)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A browser as a sender needs it."""

    id: UUID
    user_id: UUID
    endpoint: str
    p256dh: str
    auth: str


class PushRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def living(self, user_id: UUID) -> list[UUID]:
        """Oldest first."""
        found = select(PushSubscription.id).where(PushSubscription.user_id == user_id, LIVING)
        return list(await self._session.scalars(found.order_by(PushSubscription.created_at, PushSubscription.id)))

    async def one(self, subscription_id: UUID) -> Receiver | None:
        """None also when its session has ended."""
        columns = [getattr(PushSubscription, part.name) for part in fields(Receiver)]
        found = select(*columns).where(PushSubscription.id == subscription_id, LIVING)
        row = (await self._session.execute(found)).one_or_none()
        return Receiver(*row) if row else None

    async def put(self, values: Mapping[str, Any]) -> tuple[UUID, datetime]:
        """Id and time of the row of that endpoint. A new owner makes it a new id: what is under way to the former
        one does not reach them.
        """
        statement = insert(PushSubscription).values(**values)
        sent = statement.excluded
        is_same = PushSubscription.user_id == sent.user_id
        changed = {name: getattr(sent, name) for name in ("user_id", "session_id", "p256dh", "auth", "device")}
        changed |= {"id": case((is_same, PushSubscription.id), else_=sent.id), "created_at": func.now()}
        put = statement.on_conflict_do_update(index_elements=[PushSubscription.endpoint], set_=changed)
        row = (await self._session.execute(put.returning(PushSubscription.id, PushSubscription.created_at))).one()
        return row.id, row.created_at

    async def remove(self, subscription_id: UUID, user_id: UUID | None = None) -> bool:
        """False when there is none of that id, or it is another's."""
        gone = delete(PushSubscription).where(PushSubscription.id == subscription_id)
        if user_id:
            gone = gone.where(PushSubscription.user_id == user_id)
        return await self._session.scalar(gone.returning(PushSubscription.id)) is not None

    async def remove_dead(self, user_id: UUID | None = None) -> None:
        """Those whose session ended; of everybody without a `user_id`."""
        gone = delete(PushSubscription).where(~LIVING)
        if user_id:
            gone = gone.where(PushSubscription.user_id == user_id)
        await self._session.execute(gone.execution_options(synchronize_session=False))

    async def forget(self, user_id: UUID) -> None:
        gone = delete(PushSubscription).where(PushSubscription.user_id == user_id)
        await self._session.execute(gone.execution_options(synchronize_session=False))

    async def key(self) -> PushKey | None:
        return (await self._session.scalars(select(PushKey))).one_or_none()

    async def add_key(self, public_key: str, private_key: bytes) -> None:
        """Does nothing when there is one: of two processes that make the first, one wins."""
        made = insert(PushKey).values(public_key=public_key, private_key=private_key)
        await self._session.execute(made.on_conflict_do_nothing())
