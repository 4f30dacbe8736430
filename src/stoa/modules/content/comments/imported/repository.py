"""The SQL of imported comments."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import Article
from stoa.modules.content.comments.models import Comment

_AT_ONCE = 1000


class ImportedRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def places(self, ids: Sequence[UUID]) -> dict[UUID, tuple[UUID | None, int, int, bool]]:
        """Thread, depth, version of those that are here, and whether each is deleted; their rows stay locked."""
        found: dict[UUID, tuple[UUID | None, int, int, bool]] = {}
        for start in range(0, len(ids), _AT_ONCE):
            rows = await self._session.execute(
                select(Comment.id, Comment.root_id, Comment.depth, Comment.version, Comment.deleted_at.is_not(None))
                .where(Comment.id.in_(ids[start : start + _AT_ONCE]))
                .order_by(Comment.id)
                .with_for_update()
            )
            found |= {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
        return found

    async def insert(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._session.execute(insert(Comment), rows)

    async def change(self, comment_id: UUID, values: dict[str, Any]) -> None:
        await self._session.execute(
            update(Comment)
            .where(Comment.id == comment_id)
            .values(**values, version=Comment.version + 1)
            .execution_options(synchronize_session=False)
        )

    async def count_again(self, article_ids: Iterable[UUID]) -> None:
        """Set the counters of these articles, whose rows are locked."""
        counted = (
            select(func.count())
            .select_from(Comment)
            .where(Comment.article_id == Article.id, Comment.status == "visible", Comment.deleted_at.is_(None))
            .scalar_subquery()
        )
        await self._session.execute(
            update(Article)
            .where(Article.id.in_(list(article_ids)))
            .values(comment_count=counted)
            .execution_options(synchronize_session=False)
        )
