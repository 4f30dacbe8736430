"""What reactions know of a person: what they reacted to. Forgotten with the account, and the counts are right again."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.reactions import queries
from stoa.modules.content.reactions.repository import ReactionRepository
from stoa.shared.database import ReadSession


class ReactionsOfPerson:
    """The `PersonalData` of reactions."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        rows = await reads.fetch(queries.ALL_OF_PERSON, user_id=user_id)
        if not rows:
            return {}
        return {"reactions.json": orjson.dumps([dict(row) for row in rows], option=orjson.OPT_INDENT_2)}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        reactions = ReactionRepository(session)
        for article_id, kind in await reactions.articles_of(user_id):
            if await reactions.remove(article_id, user_id, kind):
                await reactions.count(article_id, kind, -1)
