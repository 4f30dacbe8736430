"""The writing SQL of findings. The row of the article is locked before its finding."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import Article
from stoa.modules.content.findings.models import ArticleFinding
from stoa.modules.content.findings.schemas import JudgedText
from stoa.shared.ids import new_id


class FindingRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def published(self, article_id: UUID, *, lock: bool) -> JudgedText | None:
        """The text that readers see now; None where it is not out."""
        statement = select(Article.author_id, Article.title, Article.body).where(
            Article.id == article_id, Article.status == "published", Article.deleted_at.is_(None)
        )
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).one_or_none()
        return JudgedText(row.author_id, f"{row.title}\n\n{row.body}") if row else None

    async def is_fine(self, article_id: UUID, text_hash: bytes) -> bool:
        """A person looked at this very text and found it fine."""
        found = select(ArticleFinding.id).where(
            ArticleFinding.article_id == article_id,
            ArticleFinding.text_hash == text_hash,
            ArticleFinding.outcome == "fine",
        )
        return await self._session.scalar(found.limit(1)) is not None

    async def put(self, article_id: UUID, values: Mapping[str, Any]) -> None:
        """Open a finding, or bring the open one up to date; the very same text leaves it as it is."""
        made = insert(ArticleFinding).values(id=new_id(), article_id=article_id, **values)
        await self._session.execute(
            made.on_conflict_do_update(
                index_elements=["article_id"],
                index_where=ArticleFinding.closed_at.is_(None),
                set_={**values, "found_at": func.now()},
                where=ArticleFinding.text_hash != made.excluded.text_hash,
            )
        )

    async def close_of(self, article_id: UUID, outcome: str, by: UUID | None = None) -> None:
        await self._session.execute(
            update(ArticleFinding)
            .where(ArticleFinding.article_id == article_id, ArticleFinding.closed_at.is_(None))
            .values(outcome=outcome, closed_at=func.now(), closed_by=by)
            .execution_options(synchronize_session=False)
        )

    async def close(self, finding_id: UUID, outcome: str, by: UUID | None) -> UUID | None:
        """The article whose finding was open and is closed now."""
        return await self._session.scalar(
            update(ArticleFinding)
            .where(ArticleFinding.id == finding_id, ArticleFinding.closed_at.is_(None))
            .values(outcome=outcome, closed_at=func.now(), closed_by=by)
            .returning(ArticleFinding.article_id)
            .execution_options(synchronize_session=False)
        )

    async def forget_author(self, author_id: UUID) -> None:
        theirs = select(Article.id).where(Article.author_id == author_id)
        await self._session.execute(
            delete(ArticleFinding)
            .where(ArticleFinding.article_id.in_(theirs))
            .execution_options(synchronize_session=False)
        )
