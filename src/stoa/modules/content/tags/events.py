"""What happens to tags."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class TagMerged(Event):
    """All that carried the tag carries the other one now; its address leads there."""

    type: ClassVar[str] = "tag.merged"
    about: ClassVar[str] = "tag_id"

    tag_id: UUID
    into_id: UUID
