"""The port that everything leaves through: one class for each channel, joined in `events/handlers/channels.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class CannotDeliver(Exception):
    """The base of what a try may end with; the words are for the one who asks why nothing came."""


class TryAgain(CannotDeliver):
    """It may work later. `is_uncertain`: the receiver may have it all the same. `wait`: not before so many seconds."""

    def __init__(self, reason: str, *, is_uncertain: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.is_uncertain = is_uncertain
        self.wait = wait


class Undeliverable(CannotDeliver):
    """It will never work: the address is wrong, or its owner wants nothing."""


class NotWanted(CannotDeliver):
    """The receiver went away or takes nothing any more. Nothing failed."""


class NotSetUp(CannotDeliver):
    """The site has no way out through this channel. Nothing failed; it is kept to be read."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to bring to one receiver. `id` stays the same in every try, for the receiver to drop a repeat."""

    id: UUID
    kind: str
    recipient: str
    content: Mapping[str, Any]
    number: int
    """Of this try, from 1."""
    created_at: datetime
    user_id: UUID | None = None
    notification_id: UUID | None = None
    source_id: UUID | None = None
    was_cut_off: bool = False
    """Whoever tried before died of it, or is very slow: the receiver may have it."""


class Channel(Protocol):
    """A way to receivers. When nobody knows whether a try succeeded, there is another, where that does no harm."""

    @property
    def name(self) -> str: ...

    @property
    def waits(self) -> Sequence[float]:
        """Seconds before the second try, the third and so on; after the last of them it has failed."""

    @property
    def seconds(self) -> float:
        """Longest one try may take."""

    @property
    def can_repeat(self) -> bool:
        """Whether a receiver can tell a repeat from a second message, by the parcel's id."""

    @property
    def senders(self) -> int:
        """How many at once in one worker."""

    async def send(self, parcel: Parcel) -> str:
        """Bring it there; what the receiver said, in a line. Raises CannotDeliver."""
