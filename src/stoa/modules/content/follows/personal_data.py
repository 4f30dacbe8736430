"""What follows know of a person: whom and what they follow. Forgotten with the account, also who followed them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.follows import queries
from stoa.modules.content.follows.repository import FollowRepository
from stoa.shared.database import ReadSession


class FollowsOfPerson:
    """The `PersonalData` of follows."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        rows = await reads.fetch(queries.ALL_OF_PERSON, follower=user_id)
        return {"follows.json": f"[{','.join(row['item'] for row in rows)}]".encode()} if rows else {}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await FollowRepository(session).forget(user_id)
