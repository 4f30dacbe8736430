"""What findings know of an author: what the guard found in their articles."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.findings import queries
from stoa.modules.content.findings.repository import FindingRepository
from stoa.shared.database import ReadSession


class FindingsOfPerson:
    """The `PersonalData` of findings."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        rows = await reads.fetch(queries.ALL_OF_AUTHOR, author_id=user_id)
        if not rows:
            return {}
        return {"findings.json": orjson.dumps([dict(row) for row in rows], option=orjson.OPT_INDENT_2)}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await FindingRepository(session).forget_author(user_id)
