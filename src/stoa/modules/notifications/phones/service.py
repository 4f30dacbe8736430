"""Use cases of telephone numbers: which number SMS go to. How one is confirmed, `confirming` knows."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.notifications.phones import queries
from stoa.modules.notifications.phones.repository import PhoneRepository
from stoa.modules.notifications.phones.schemas import NO_PHONE
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor


class PhoneService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._phones = PhoneRepository(session)
        self._audit = AuditService(session)

    async def confirmed_number(self, user_id: UUID) -> str | None:
        """Where SMS for that person go, in E.164; None until a number is confirmed."""
        return await self._phones.confirmed(user_id)

    async def delete(self, actor: Actor) -> None:
        """Forget the number; no fault when there is none."""
        if await self._phones.forget(actor.user_id):
            await self._audit.record("phone.deleted", actor=actor, subject_type="user", subject_id=actor.user_id)

    async def forget(self, user_id: UUID) -> None:
        """Delete every trace of a person's number."""
        await self._phones.forget(user_id)


class PhoneReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def of(self, user_id: UUID) -> str:
        """The number of a person and how far it is confirmed, as JSON."""
        found: str | None = await self._reads.fetch_value(queries.OF_USER, user_id=user_id)
        return found or NO_PHONE.model_dump_json()
