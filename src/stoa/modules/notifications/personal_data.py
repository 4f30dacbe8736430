"""What notifications know of a person: what they were told, and what they chose to be told."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications import queries
from stoa.modules.notifications.preferences.service import PreferenceReads, PreferenceService
from stoa.modules.notifications.repository import NotificationRepository
from stoa.shared.database import ReadSession


class NotificationsOfPerson:
    """The `PersonalData` of notifications."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        told: str | None = await reads.fetch_value(queries.ALL_OF, user_id=user_id)
        grid = await PreferenceReads(reads).grid(user_id)
        return {
            "notifications.json": (told or "[]").encode(),
            "notification-preferences.json": grid.model_dump_json().encode(),
        }

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await NotificationRepository(session).forget(user_id)
        await PreferenceService(session).forget(user_id)
