"""The writing SQL of reactions. The row of the article is locked first, so that no count is lost or made twice."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import PUBLIC, Article
from stoa.modules.content.reactions.models import Reaction


class ReactionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, slug: str) -> UUID | None:
        """The public article of that slug, locked."""
        statement = select(Article.id).where(Article.slug == slug, text(PUBLIC)).with_for_update()
        return await self._session.scalar(statement)

    async def add(self, article_id: UUID, user_id: UUID, kind: str) -> bool:
        """Whether it is new."""
        statement = insert(Reaction).values(article_id=article_id, user_id=user_id, kind=kind).on_conflict_do_nothing()
        return await self._session.scalar(statement.returning(Reaction.kind)) is not None

    async def remove(self, article_id: UUID, user_id: UUID, kind: str) -> bool:
        """Whether it was there."""
        statement = delete(Reaction).where(
            Reaction.article_id == article_id, Reaction.user_id == user_id, Reaction.kind == kind
        )
        return await self._session.scalar(statement.returning(Reaction.kind)) is not None

    async def state(self, article_id: UUID, user_id: UUID) -> tuple[Mapping[str, int], list[str]]:
        counts = await self._session.scalar(select(cast(Article.reactions, Text())).where(Article.id == article_id))
        mine = select(Reaction.kind).where(Reaction.article_id == article_id, Reaction.user_id == user_id)
        return orjson.loads(counts or "{}"), list(await self._session.scalars(mine.order_by(Reaction.kind)))

    async def count(self, article_id: UUID, kind: str, change: int) -> None:
        """Change one counter in the row of the article, whose version stays."""
        present = func.coalesce(Article.reactions[kind].as_integer(), 0) + change
        await self._session.execute(
            update(Article)
            .where(Article.id == article_id)
            .values(
                reactions=func.jsonb_set(Article.reactions, array([kind]), func.to_jsonb(func.greatest(present, 0)))
            )
            .execution_options(synchronize_session=False)
        )

    async def articles_of(self, user_id: UUID) -> list[tuple[UUID, str]]:
        """What this person reacted to and how; the articles are locked in id order."""
        theirs = select(Reaction.article_id).where(Reaction.user_id == user_id)
        await self._session.execute(
            select(Article.id).where(Article.id.in_(theirs)).order_by(Article.id).with_for_update()
        )
        rows = await self._session.execute(
            select(Reaction.article_id, Reaction.kind).where(Reaction.user_id == user_id)
        )
        return [(row.article_id, row.kind) for row in rows]
