"""What push knows of a person: their browsers."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.push.service import PushReads, PushService
from stoa.shared.database import ReadSession
from stoa.shared.personal_data import PersonalData


class DevicesOfPerson:
    """The `PersonalData` of push."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        return {"devices.json": (await PushReads(reads).of(user_id)).encode()}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await PushService(session).forget(user_id)


DATA: Final[PersonalData] = DevicesOfPerson()
