"""Passages follow their articles: what goes out, changes or comes back is cut and summarised anew."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.modules.ai.plain.summary import in_short
from stoa.modules.content.articles.events import ArticleChanged, ArticlePublished, ArticleRestored
from stoa.modules.content.passages.keeping import refresh_passages


def passages() -> tuple[Handler[Any], ...]:
    @on(ArticlePublished, group="passages")
    async def passages_of_published(event: ArticlePublished, session: AsyncSession) -> None:
        await refresh_passages(session, event.article_id, in_short)

    @on(ArticleChanged, group="passages")
    async def passages_of_changed(event: ArticleChanged, session: AsyncSession) -> None:
        await refresh_passages(session, event.article_id, in_short)

    @on(ArticleRestored, group="passages")
    async def passages_of_restored(event: ArticleRestored, session: AsyncSession) -> None:
        await refresh_passages(session, event.article_id, in_short)

    return passages_of_published, passages_of_changed, passages_of_restored
