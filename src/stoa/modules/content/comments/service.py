"""Use cases of comments inside the caller's unit of work: add, change, take back, and what others ask about one.

Renders nothing: text comes rendered. Moderating is in `moderation.py`.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.comments.errors import (
    CannotAnswer,
    CommentNotFound,
    CommentsClosed,
    NotYours,
    SaidAlready,
    StaleComment,
)
from stoa.modules.content.comments.events import CommentCreated, CommentDeleted, CommentEdited, CommentHeld
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.comments.policy import Mode, links_in, may_moderate, reason_to_hold
from stoa.modules.content.comments.repository import CommentRepository, Place
from stoa.modules.content.comments.schemas import DEEPEST, EXCERPT, CommentAbout, CommentIn, SavedComment
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import Rendered
from stoa.shared.markdown.plain import html_text
from stoa.shared.security import Actor

SAID_AGAIN: Final = timedelta(minutes=10)
MOST_TOLD: Final = 100


class CommentService:
    """The caller's unit of work commits what is done here."""

    def __init__(self, session: AsyncSession, *, mode: Mode = "open", most_links: int = 2) -> None:
        self._session = session
        self._comments = CommentRepository(session)
        self._mode = mode
        self._most_links = most_links

    async def create(self, actor: Actor, slug: str, new: CommentIn, rendered: Rendered) -> SavedComment:
        """Add a comment below a public article, held where the policy says so.

        Raises ArticleNotFound, CommentsClosed, CannotAnswer, SaidAlready.
        """
        place = await self._open_place(slug)
        parent = await self._answered(place, new.parent_id)
        since = utc_now() - SAID_AGAIN
        if await self._comments.said_since(place.id, actor.user_id, new.body, since):
            raise SaidAlready
        reason = await self._reason(actor, place, rendered)
        comment = Comment(
            article_id=place.id,
            parent_id=parent.id if parent else None,
            root_id=(parent.root_id or parent.id) if parent else None,
            depth=min(parent.depth + 1, DEEPEST) if parent else 0,
            author_id=actor.user_id,
            body=new.body,
            html=rendered.html,
            status="held" if reason else "visible",
            reason=reason,
            terms=[],
            version=1,
            created_at=utc_now(),
        )
        self._comments.add(comment)
        await self._comments.flush()
        status: Literal["visible", "held"] = "held" if reason else "visible"
        await publish(self._session, CommentCreated(**facts(comment, actor), status=status))
        await self._settle(comment, actor, was_public=False)
        return _saved(comment)

    async def change(
        self, actor: Actor, comment_id: UUID, versions: IfMatch, body: str, rendered: Rendered
    ) -> SavedComment:
        """Replace one's own text; it may be held then. Raises CommentNotFound, NotYours, StaleComment."""
        place, comment = await locked(self._comments, comment_id)
        _demand_writer(actor, place, comment)
        if not versions.admits(comment.version):
            raise StaleComment(comment.version, comment.body)
        if comment.body == body:
            return _saved(comment)
        was_public = comment.status == "visible"
        comment.body, comment.html = body, rendered.html
        if comment.judgement and comment.judgement["is_cause"] and comment.status == "held":
            comment.reason = "changed after the site's guard held it"
        comment.score, comment.terms, comment.judgement = None, [], None  # of the text that was
        comment.version += 1
        comment.edited_at = utc_now()
        reason = await self._reason(actor, place, rendered) if was_public else None
        if reason:
            comment.status, comment.reason = "held", reason
        await self._comments.flush()
        await publish(self._session, CommentEdited(**facts(comment, actor)))
        await self._settle(comment, actor, was_public=was_public, is_changed=True)
        return _saved(comment)

    async def about(self, comment_id: UUID) -> CommentAbout | None:
        """What notices say of it; None where it is gone for good."""
        found = await self._comments.about(comment_id)
        if found is None:
            return None
        comment, article, parent_writer = found
        return CommentAbout(
            comment_id=comment.id,
            article_id=article.id,
            article_slug=article.slug,
            article_title=article.title,
            article_author_id=article.author_id,
            writer_id=comment.author_id,
            writer_name=comment.guest_name or "",
            parent_writer_id=parent_writer,
            status="deleted" if comment.deleted_at else comment.status,  # type: ignore[arg-type] # checked by the table
            excerpt="" if comment.deleted_at else _excerpt(comment.html),
        )

    async def thread_people(self, comment_id: UUID) -> list[UUID]:
        """Up to 100 of those who wrote what is seen in the thread of this comment, each once, the last ones first."""
        return await self._comments.thread_people(comment_id, MOST_TOLD)

    async def empty_bin(self, before: datetime) -> None:
        """Forget text and writer of what was deleted before that time; only answered ones stay, as gaps."""
        await self._comments.forget_deleted(before)

    async def _open_place(self, slug: str) -> Place:
        place = await self._comments.place(slug=slug)
        if place is None or not place.is_public:
            raise ArticleNotFound(slug)
        if self._mode == "off" or not place.has_comments:
            raise CommentsClosed
        return place

    async def _answered(self, place: Place, parent_id: UUID | None) -> Comment | None:
        if parent_id is None:
            return None
        parent = await self._comments.locked(parent_id)
        if parent is None or parent.article_id != place.id or not _is_public(parent):
            raise CannotAnswer
        return parent

    async def _reason(self, actor: Actor, place: Place, rendered: Rendered) -> str | None:
        return reason_to_hold(
            self._mode,
            links=links_in(rendered.html),
            most_links=self._most_links,
            is_moderator=may_moderate(actor, place.author_id),
            has_been_shown=self._mode != "first" or await self._comments.has_been_shown(actor.user_id),
        )

    async def _settle(self, comment: Comment, actor: Actor, *, was_public: bool, is_changed: bool = False) -> None:
        """What follows from a new text: told when it is held now, counted, announced."""
        is_public = _is_public(comment)
        if comment.status == "held" and (was_public or not is_changed):
            await publish(self._session, CommentHeld(**facts(comment, actor)))
        await self._comments.count(comment.article_id, is_public - was_public)
        if is_public or was_public:
            await announce_change(self._session)


async def locked(comments: CommentRepository, comment_id: UUID) -> tuple[Place, Comment]:
    """The article and the comment, both locked, in this order. Raises CommentNotFound; one in the bin is there."""
    article_id = await comments.article_of(comment_id)
    place = await comments.place(article_id=article_id) if article_id else None
    comment = await comments.locked(comment_id) if place else None
    if place is None or comment is None:
        raise CommentNotFound
    return place, comment


async def put_in_bin(session: AsyncSession, comments: CommentRepository, comment: Comment, actor: Actor) -> None:
    was_public = _is_public(comment)
    comment.deleted_at, comment.deleted_by = utc_now(), actor.id
    comment.version += 1
    await comments.flush()
    await publish(session, CommentDeleted(**facts(comment, actor)))
    await comments.count(comment.article_id, -int(was_public))
    if was_public:
        await announce_change(session)


def facts(comment: Comment, actor: Actor | None) -> dict[str, Any]:
    """What every event of a comment says."""
    return {
        "comment_id": comment.id, "article_id": comment.article_id, "parent_id": comment.parent_id,
        "author_id": comment.author_id, "version": comment.version, "by": actor.id if actor else None,
    }  # fmt: skip


def _demand_writer(actor: Actor, place: Place, comment: Comment) -> None:
    """Raises CommentNotFound for what the caller may not even see."""
    if comment.deleted_at is not None:
        raise CommentNotFound
    if comment.author_id is None or comment.author_id != actor.id:
        if (_is_public(comment) and place.is_public) or may_moderate(actor, place.author_id):
            raise NotYours
        raise CommentNotFound


def _excerpt(html: str) -> str:
    words = " ".join(html_text(html).split())
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1].rstrip()}…"


def _is_public(comment: Comment) -> bool:
    return comment.status == "visible" and comment.deleted_at is None


def _saved(comment: Comment) -> SavedComment:
    return SavedComment(comment.id, comment.status, comment.version)  # type: ignore[arg-type] # checked by the table
