"""What happens to follows: exactly one of `author_id` and `tag_id` is set."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class FollowEvent(Event):
    about: ClassVar[str] = "follow_id"

    follow_id: UUID
    follower_id: UUID
    author_id: UUID | None
    tag_id: UUID | None


class FollowCreated(FollowEvent):
    """Somebody follows an author or a tag from now on."""

    type: ClassVar[str] = "follow.created"


class FollowDeleted(FollowEvent):
    """Somebody does not follow them any more."""

    type: ClassVar[str] = "follow.deleted"
