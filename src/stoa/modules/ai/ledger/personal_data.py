"""What the ledger knows of a person: the calls they made. No prompt and no answer is kept in it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.ledger import queries
from stoa.modules.ai.ledger.repository import LedgerRepository
from stoa.shared.database import ReadSession


class CallsOfPerson:
    """The `PersonalData` of models."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        found: str = await reads.fetch_value(queries.EVERY_CALL_OF, user_id=user_id)
        return {"ai-calls.json": found.encode()}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await LedgerRepository(session).forget(user_id)
