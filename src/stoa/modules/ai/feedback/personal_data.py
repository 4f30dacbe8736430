"""What feedback knows of a person: their words on answers."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.feedback import queries
from stoa.modules.ai.feedback.repository import FeedbackRepository
from stoa.shared.database import ReadSession


class FeedbackOfPerson:
    """The `PersonalData` of feedback."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        found: str = await reads.fetch_value(queries.ALL_OF, user_id=user_id)
        return {"ai-feedback.json": found.encode()}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await FeedbackRepository(session).forget(user_id)
