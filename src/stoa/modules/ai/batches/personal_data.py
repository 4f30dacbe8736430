"""What batches know of a person: what they asked for, and what they were answered."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.batches import queries
from stoa.modules.ai.batches.repository import BatchRepository
from stoa.shared.database import ReadSession


class BatchesOfPerson:
    """The `PersonalData` of batches."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        found: str = await reads.fetch_value(queries.ALL_OF, user_id=user_id)
        return {"ai-batches.json": found.encode()}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await BatchRepository(session).forget(user_id)
