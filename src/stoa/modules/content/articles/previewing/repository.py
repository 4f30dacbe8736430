"""The writing SQL of preview links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import PreviewLink


class PreviewRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count_living(self, article_id: UUID, now: datetime) -> int:
        living = select(func.count()).select_from(PreviewLink)
        return (
            await self._session.scalar(living.where(PreviewLink.article_id == article_id, PreviewLink.expires_at > now))
            or 0
        )

    def add(self, article_id: UUID, token_hash: bytes, made_by: UUID | None, expires_at: datetime) -> None:
        self._session.add(
            PreviewLink(article_id=article_id, token_hash=token_hash, made_by=made_by, expires_at=expires_at)
        )

    async def forget(self, article_id: UUID) -> int:
        """Delete all of the article; answers how many there were."""
        gone = await self._session.scalars(
            delete(PreviewLink).where(PreviewLink.article_id == article_id).returning(PreviewLink.id)
        )
        return len(gone.all())

    async def forget_expired(self, now: datetime) -> None:
        await self._session.execute(
            delete(PreviewLink).where(PreviewLink.expires_at <= now).execution_options(synchronize_session=False)
        )
