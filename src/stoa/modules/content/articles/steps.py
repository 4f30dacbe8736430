"""What is written of a prepared change, each in the caller's transaction, on the row it was prepared from."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.content.articles.errors import ChangedMeanwhile, SlugTaken
from stoa.modules.content.articles.events import (
    ArticleChanged,
    ArticleDeleted,
    ArticleEvent,
    ArticlePublished,
    ArticleRestored,
    ArticleScheduled,
    ArticleUnpublished,
)
from stoa.modules.content.articles.policy import Act, is_own
from stoa.modules.content.articles.schemas import ArticleDraft, EditableArticle, SavedArticle
from stoa.modules.content.articles.service import ArticleService
from stoa.shared.security import Actor

Step = Callable[[ArticleService, EditableArticle], Awaitable[object]]
"""Writes a prepared change of the article that was seen, which is locked and still the same."""


async def carry_out(
    session: AsyncSession, *, actor: Actor, act: Act, seen: EditableArticle, step: Step
) -> EditableArticle:
    """Take the step; an act on somebody else's article leaves a line in the audit log. Raises ChangedMeanwhile."""
    articles = ArticleService(session)
    if await articles.lock(seen.id) != seen.version:
        raise ChangedMeanwhile
    await step(articles, seen)
    written = await articles.editable(seen.id)
    await _tell(session, seen, written, actor)
    if not is_own(actor, seen):
        await AuditService(session).record(act.event, actor=actor, subject_type="article", subject_id=seen.id)
    return written


async def create(session: AsyncSession, *, draft: ArticleDraft, exactly: bool) -> EditableArticle:
    """A new article; `exactly`: with that slug or not at all. Raises SlugTaken."""
    articles = ArticleService(session)
    saved = await _stored(articles, draft, exactly=exactly)
    return await articles.editable(saved.id)


def saving(draft: ArticleDraft) -> Step:
    """Replace the article by the draft. Raises SlugTaken."""

    async def save(articles: ArticleService, _: EditableArticle) -> None:
        await _stored(articles, draft, exactly=True)

    return save


def restoring(draft: ArticleDraft) -> Step:
    """Bring the article back from the bin, as the draft says."""

    async def restore(articles: ArticleService, seen: EditableArticle) -> None:
        await articles.take_from_bin(seen.id)
        await _stored(articles, draft, exactly=True)

    return restore


async def delete(articles: ArticleService, seen: EditableArticle) -> None:
    await articles.put_in_bin(seen.id)


async def _tell(session: AsyncSession, before: EditableArticle, after: EditableArticle, actor: Actor) -> None:
    facts: dict[str, Any] = {
        "article_id": after.id, "author_id": after.author.id, "version": after.version, "by": actor.id
    }  # fmt: skip
    for kind in _happened(before, after):
        await publish(session, kind(**facts))
    if after.publish_at and after.publish_at != before.publish_at:
        await publish(session, ArticleScheduled(**facts, publish_at=after.publish_at))


def _happened(before: EditableArticle, after: EditableArticle) -> Iterator[type[ArticleEvent]]:
    was_out, is_out = _is_out(before), _is_out(after)
    if was_out or is_out:
        yield ArticleChanged if was_out and is_out else ArticlePublished if is_out else ArticleUnpublished
    if (before.deleted_at is None) != (after.deleted_at is None):
        yield ArticleDeleted if after.deleted_at else ArticleRestored


def _is_out(article: EditableArticle) -> bool:
    return article.status == "published" and article.deleted_at is None


async def _stored(articles: ArticleService, draft: ArticleDraft, *, exactly: bool) -> SavedArticle:
    try:
        saved = (await articles.save_many([draft]))[0]
    except IntegrityError as error:
        if "uq_articles_slug" in str(error.orig):  # another request took it a moment ago
            raise SlugTaken(draft.slug) from None
        raise
    if exactly and saved.slug != draft.slug:
        raise SlugTaken(draft.slug)
    return saved
