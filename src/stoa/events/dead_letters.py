"""What the engine itself tells: an event was given up for a handler."""

from typing import ClassVar
from uuid import UUID

from .event import Event


class HandlerGaveUp(Event):
    """A handler failed with an event as often as it may; `stoa events show` tells why."""

    type: ClassVar[str] = "handler.gave_up"
    about: ClassVar[str] = "event_id"

    event_id: UUID
    event_type: str
    handler: str
