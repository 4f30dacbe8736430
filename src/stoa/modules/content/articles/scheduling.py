"""Publishes what is due. Any number of workers may try at once: each article goes out once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.content.articles.events import ArticlePublished
from stoa.modules.content.articles.service import ArticleService
from stoa.shared.clock import utc_now
from stoa.shared.database import Database

BATCH: Final = 50


async def publish_due(session: AsyncSession, now: datetime) -> int:
    """Publish up to `BATCH` articles whose time has come, leaving those that somebody is changing; says how many."""
    out = await ArticleService(session).publish_due(now, limit=BATCH)
    for article in out:
        await publish(
            session,
            ArticlePublished(article_id=article.id, author_id=article.author_id, version=article.version, by=None),
        )
    return len(out)


def scheduled_publishing(database: Database) -> Callable[[], Awaitable[bool]]:
    """Work for a worker's loop, to be done about every second; it says whether more is due."""

    async def once() -> bool:
        return await database.transact(partial(publish_due, now=utc_now())) == BATCH

    return once
