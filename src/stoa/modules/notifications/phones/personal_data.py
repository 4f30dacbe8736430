"""What is known of a person's telephone."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.phones.service import PhoneReads, PhoneService
from stoa.shared.database import ReadSession
from stoa.shared.personal_data import PersonalData


class PhoneOfPerson:
    """The `PersonalData` of telephone numbers."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        return {"phone.json": (await PhoneReads(reads).of(user_id)).encode()}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await PhoneService(session).forget(user_id)


DATA: Final[PersonalData] = PhoneOfPerson()
