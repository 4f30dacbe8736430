"""What the background guard does to comments: it has them wait, and never deletes or approves.

It acts on the version that was judged and no other: what was edited, decided or deleted meanwhile is left alone.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.content.comments.errors import CommentNotFound
from stoa.modules.content.comments.events import CommentHeld
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.comments.repository import CommentRepository
from stoa.modules.content.comments.service import facts, locked
from stoa.modules.content.moderation.judging import Judgement, as_kept
from stoa.shared.changes import announce_change


class CommentGuard:
    """The caller's unit of work commits what is done here."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._comments = CommentRepository(session)

    async def to_judge(self, comment_id: UUID, version: int) -> str | None:
        """The text as it was written; None where this version is not to be judged any more. Locks nothing."""
        comment = await self._comments.read(comment_id)
        return comment.body if comment and _is_open(comment, version) else None

    async def hold(
        self, comment_id: UUID, version: int, judgement: Judgement, *, trusted: Collection[UUID] = ()
    ) -> bool:
        """Have a shown comment wait, with why; one that waits by a rule is annotated. False where nothing was done.

        `trusted` are those who moderate everywhere: they and the article's author are never held.
        """
        try:
            place, comment = await locked(self._comments, comment_id)
        except CommentNotFound:
            return False
        if not _is_open(comment, version) or comment.author_id in {*trusted, place.author_id}:
            return False
        is_cause = comment.status == "visible"
        comment.score, comment.judgement = judgement.score, {**as_kept(judgement), "is_cause": is_cause}
        comment.terms = list(dict.fromkeys(term.text for term in judgement.terms))
        if not is_cause:
            await self._comments.flush()
            return False
        comment.status, comment.reason = "held", judgement.reason
        comment.version += 1
        await self._comments.flush()
        await publish(self._session, CommentHeld(**facts(comment, None)))
        await self._comments.count(comment.article_id, -1)
        await announce_change(self._session)
        return True


def _is_open(comment: Comment, version: int) -> bool:
    """Nobody decided about this text yet, and it is the one that was announced."""
    written_at = comment.edited_at or comment.created_at
    is_decided = comment.moderated_at is not None and comment.moderated_at >= written_at
    return (
        comment.version == version
        and comment.deleted_at is None
        and comment.status in {"visible", "held"}
        and not is_decided
    )
