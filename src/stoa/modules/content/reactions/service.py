"""Use cases of reactions: react to an article, take it back. The caller's unit of work commits."""

from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.queue.registry import Run, task
from stoa.events.queue.service import enqueue
from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.reactions import queries
from stoa.modules.content.reactions.repository import ReactionRepository
from stoa.modules.content.reactions.schemas import Kind, ReactionsOut
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.security import Actor
from stoa.shared.throttle import Throttle

TOGETHER: Final = 2.0
"""Seconds of reactions that are told to the readers at once: telling each would empty the page cache each time."""
_LATE: Final = 1.0


class NoWords(BaseModel):
    """There is nothing to say with it."""


@task("reactions.announce", NoWords, seconds=10)
async def announce_reactions(_: NoWords, session: AsyncSession, run: Run) -> None:  # noqa: ARG001 # as tasks are called
    await announce_change(session)


def mine() -> ColumnElement[Any]:
    """SQL for the kinds that `viewer` chose, for a statement that reads the article's row."""
    return queries.MINE


class ReactionService:
    def __init__(self, session: AsyncSession, throttle: Throttle) -> None:
        self._session = session
        self._reactions = ReactionRepository(session)
        self._throttle = throttle

    async def react(self, actor: Actor, slug: str, kind: Kind) -> ReactionsOut:
        """React to a public article; a second time changes nothing. Raises ArticleNotFound."""
        return await self._change(actor, slug, kind, 1)

    async def withdraw(self, actor: Actor, slug: str, kind: Kind) -> ReactionsOut:
        """Take a reaction back; what was not there changes nothing. Raises ArticleNotFound."""
        return await self._change(actor, slug, kind, -1)

    async def _change(self, actor: Actor, slug: str, kind: Kind, change: int) -> ReactionsOut:
        article_id = await self._reactions.lock(slug)
        if article_id is None:
            raise ArticleNotFound(slug)
        act = self._reactions.add if change > 0 else self._reactions.remove
        if await act(article_id, actor.user_id, kind):
            await self._reactions.count(article_id, kind, change)
            await self._announce_soon()
        counts, mine = await self._reactions.state(article_id, actor.user_id)
        shown = {name: number for name, number in sorted(counts.items()) if number}
        return ReactionsOut.model_validate({"reactions": shown, "mine": mine})

    async def _announce_soon(self) -> None:
        """The first of some seconds has all of them announced at their end."""
        if await self._throttle.take("reactions", "all", limit=1, seconds=TOGETHER) == 0:
            at = utc_now() + timedelta(seconds=TOGETHER + _LATE)
            await enqueue(self._session, announce_reactions, NoWords(), run_at=at)
