"""What comments know of a person: what they wrote. Handed out as JSON; forgotten with the account."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.comments import queries
from stoa.modules.content.comments.repository import CommentRepository
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession


class CommentsOfPerson:
    """The `PersonalData` of comments."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        rows = await reads.fetch(queries.ALL_OF_WRITER, author_id=user_id)
        if not rows:
            return {}
        told = [{**dict(row), "id": str(row["id"])} for row in rows]
        return {"comments.json": orjson.dumps(told, option=orjson.OPT_INDENT_2)}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        """Delete them all; those that somebody answered stay as gaps without text and name."""
        comments = CommentRepository(session)
        articles = await comments.lock_articles_of(user_id)
        if not articles:
            return
        await comments.forget_writer(user_id, utc_now())
        await comments.drop_unanswered()
        await comments.count_again(articles)
        await announce_change(session)
