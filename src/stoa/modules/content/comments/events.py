"""What happens to comments. `author_id` is who wrote it; none for a guest's. `version` is the comment's."""

from typing import ClassVar, Literal
from uuid import UUID

from stoa.events.event import Event


class CommentEvent(Event):
    about: ClassVar[str] = "comment_id"

    comment_id: UUID
    article_id: UUID
    parent_id: UUID | None
    author_id: UUID | None
    version: int
    by: UUID | None
    """Who did it; None where the site itself did."""

    @property
    def aggregate_version(self) -> int:
        return self.version


class CommentCreated(CommentEvent):
    """A comment was written; a held one is seen by nobody yet but its writer and those who moderate."""

    type: ClassVar[str] = "comment.created"

    status: Literal["visible", "held"]


class CommentEdited(CommentEvent):
    """Its writer changed it."""

    type: ClassVar[str] = "comment.edited"


class CommentHeld(CommentEvent):
    """It waits for somebody to look at it, from the beginning or from now on."""

    type: ClassVar[str] = "comment.held"


class CommentApproved(CommentEvent):
    """It was held or rejected, and is seen by everybody now."""

    type: ClassVar[str] = "comment.approved"


class CommentRejected(CommentEvent):
    """Somebody who moderates hid it."""

    type: ClassVar[str] = "comment.rejected"


class CommentDeleted(CommentEvent):
    """It is in the bin."""

    type: ClassVar[str] = "comment.deleted"
