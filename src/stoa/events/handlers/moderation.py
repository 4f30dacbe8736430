"""Texts are judged after they were written: the one place where content meets whoever judges."""

import asyncio
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.modules.auth.people.service import who_may
from stoa.modules.content.articles.events import ArticleChanged, ArticleEvent, ArticlePublished, ArticleUnpublished
from stoa.modules.content.comments.events import CommentApproved, CommentCreated, CommentEdited, CommentEvent
from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.comments.policy import MODERATE as MODERATE_COMMENTS
from stoa.modules.content.findings.service import MODERATE as MODERATE_ARTICLES
from stoa.modules.content.findings.service import FindingService
from stoa.modules.content.moderation.judging import Judge, Judgement, Strictness, should_wait

GROUP: Final = "moderation"
_SECONDS: Final = 30.0


def moderation(judge: Judge | None, strictness: Strictness) -> tuple[Handler[Any], ...]:
    """Nothing without a judge, or where it is switched off."""
    if judge is None or strictness == "off":
        return ()
    guard = _Guard(judge, strictness)
    return (*_of_comments(guard), *_of_articles(guard))


class _Guard:
    def __init__(self, judge: Judge, strictness: Strictness) -> None:
        self._judge = judge
        self._strictness = strictness

    async def judge(self, text: str) -> Judgement:
        """In a thread, so that other handlers go on."""
        return await asyncio.to_thread(self._judge.judge, text)

    def holds(self, judgement: Judgement) -> bool:
        return should_wait(judgement, self._strictness)

    async def look_at_comment(self, session: AsyncSession, event: CommentEvent) -> None:
        comments = CommentGuard(session)
        text = await comments.to_judge(event.comment_id, event.version)
        if text is None:
            return
        judgement = await self.judge(text)
        if self.holds(judgement):
            trusted: Collection[UUID] = await who_may(session, MODERATE_COMMENTS)
            await comments.hold(event.comment_id, event.version, judgement, trusted=trusted)

    async def look_at_article(self, session: AsyncSession, event: ArticleEvent) -> None:
        """Those who moderate articles are not asked about their own."""
        findings = FindingService(session)
        judged = await findings.to_judge(event.article_id)
        if judged is None or judged.author_id in await who_may(session, MODERATE_ARTICLES):
            return
        judgement = await self.judge(judged.text)
        await findings.settle(event.article_id, judged, judgement, is_held=self.holds(judgement))


def _of_comments(guard: _Guard) -> tuple[Handler[Any], ...]:
    @on(CommentCreated, group=GROUP, seconds=_SECONDS, together=1)
    async def new_comment(event: CommentCreated, session: AsyncSession) -> None:
        await guard.look_at_comment(session, event)

    @on(CommentEdited, group=GROUP, seconds=_SECONDS, together=1)
    async def edited_comment(event: CommentEdited, session: AsyncSession) -> None:
        await guard.look_at_comment(session, event)

    @on(CommentApproved, group=GROUP, seconds=_SECONDS, together=1)
    async def restored_comment(event: CommentApproved, session: AsyncSession) -> None:
        """Its writer took it from the bin: it may have gone there before anybody looked at it."""
        await guard.look_at_comment(session, event)

    return new_comment, edited_comment, restored_comment


def _of_articles(guard: _Guard) -> tuple[Handler[Any], ...]:
    @on(ArticlePublished, group=GROUP, seconds=_SECONDS, together=1)
    async def published_article(event: ArticlePublished, session: AsyncSession) -> None:
        await guard.look_at_article(session, event)

    @on(ArticleChanged, group=GROUP, seconds=_SECONDS, together=1)
    async def changed_article(event: ArticleChanged, session: AsyncSession) -> None:
        await guard.look_at_article(session, event)

    @on(ArticleUnpublished, group=GROUP)
    async def withdrawn_article(event: ArticleUnpublished, session: AsyncSession) -> None:
        await FindingService(session).withdrawn(event.article_id, event.by)

    return published_article, changed_article, withdrawn_article
