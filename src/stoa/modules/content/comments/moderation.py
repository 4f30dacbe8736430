"""What those do who moderate comments: approve, hide, delete, restore.

Every act on somebody else's comment leaves a row in the audit log.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.content.comments.errors import CannotRestore, CommentNotFound, NotYours
from stoa.modules.content.comments.events import CommentApproved, CommentRejected
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.comments.policy import may_moderate, may_restore
from stoa.modules.content.comments.repository import CommentRepository, Place
from stoa.modules.content.comments.service import facts, locked, put_in_bin
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.security import Actor


class CommentModeration:
    """The caller's unit of work commits what is done here. Raises CommentNotFound, NotYours."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._comments = CommentRepository(session)

    async def approve(self, actor: Actor, comment_id: UUID) -> None:
        """Show a held or hidden comment to everybody; one that is shown stays as it is."""
        await self._decide(actor, comment_id, "visible")

    async def reject(self, actor: Actor, comment_id: UUID) -> None:
        """Hide a comment from everybody but its writer and those who moderate."""
        await self._decide(actor, comment_id, "rejected")

    async def delete(self, actor: Actor, comment_id: UUID) -> None:
        """Put a comment in the bin: one's own, or as who moderates here."""
        place, comment = await locked(self._comments, comment_id)
        if comment.deleted_at is not None:
            raise CommentNotFound
        if not _is_own(actor, comment):
            _demand(actor, place, comment)
        await put_in_bin(self._session, self._comments, comment, actor)
        await self._record("comment.deleted", actor, comment)

    async def restore(self, actor: Actor, comment_id: UUID) -> None:
        """Take a comment from the bin, in the state it had. Raises CannotRestore when its text is gone."""
        place, comment = await locked(self._comments, comment_id)
        if comment.deleted_at is None:
            if not _is_own(actor, comment):
                _demand(actor, place, comment)
            raise CannotRestore("The comment is not in the bin.")
        allowed = may_restore(
            actor, writer_id=comment.author_id, deleted_by=comment.deleted_by, article_author_id=place.author_id
        )
        if not allowed:
            raise CommentNotFound
        if not comment.body:
            raise CannotRestore("Its text is gone for good: it was in the bin for more than 30 days.")
        comment.deleted_at, comment.deleted_by = None, None
        comment.version += 1
        await self._comments.flush()
        if comment.status == "visible":
            await publish(self._session, CommentApproved(**facts(comment, actor)))
            await self._comments.count(comment.article_id, 1)
            await announce_change(self._session)
        await self._record("comment.restored", actor, comment)

    async def _decide(self, actor: Actor, comment_id: UUID, status: str) -> None:
        place, comment = await locked(self._comments, comment_id)
        if comment.deleted_at is not None:
            raise CommentNotFound
        _demand(actor, place, comment)
        if comment.status == status:
            return
        was_public = comment.status == "visible"
        comment.status, comment.moderated_by, comment.moderated_at = status, actor.id, utc_now()
        comment.version += 1
        await self._comments.flush()
        happened = CommentApproved if status == "visible" else CommentRejected
        await publish(self._session, happened(**facts(comment, actor)))
        await self._comments.count(comment.article_id, (status == "visible") - was_public)
        if was_public or status == "visible":
            await announce_change(self._session)
        await self._record("comment.approved" if status == "visible" else "comment.rejected", actor, comment)

    async def _record(self, action: str, actor: Actor, comment: Comment) -> None:
        if not _is_own(actor, comment):
            await AuditService(self._session).record(action, actor=actor, subject_type="comment", subject_id=comment.id)


def _is_own(actor: Actor, comment: Comment) -> bool:
    return comment.author_id is not None and comment.author_id == actor.id


def _demand(actor: Actor, place: Place, comment: Comment) -> None:
    if may_moderate(actor, place.author_id):
        return
    is_seen = comment.status == "visible" and comment.deleted_at is None and place.is_public
    raise NotYours if is_seen or _is_own(actor, comment) else CommentNotFound
