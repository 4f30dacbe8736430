"""The port to what carries events between processes. It may lose everything: the log and the sweeper make up for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .event import Envelope


class TransportDown(Exception):
    """It does not answer, or has no room. What was asked may have happened all the same."""


class GroupGone(Exception):
    """A stream or its group is not there any more: somebody flushed them."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event brought to one group; `envelope` is None for what cannot be read."""

    stream: str
    entry: str
    envelope: Envelope | None


class Transport(Protocol):
    """At least once, to each group. Every call raises TransportDown."""

    async def ensure(self, group: str, streams: Sequence[str]) -> bool:
        """Have the group hear each of these streams from its first entry; True when one of them was missing."""

    async def send_many(self, envelopes: Sequence[Envelope]) -> None:
        """Each to the stream of its type."""

    async def consume(
        self, group: str, consumer: str, streams: Sequence[str], *, most: int, wait: float
    ) -> list[Delivery]:
        """What nobody of the group was given yet. Raises GroupGone."""

    async def claim(self, group: str, consumer: str, streams: Sequence[str], *, idle: float) -> list[Delivery]:
        """What somebody of the group was given so long ago and never acknowledged. Raises GroupGone."""

    async def acknowledge(self, group: str, deliveries: Sequence[Delivery]) -> None: ...

    async def pending(self, group: str, streams: Sequence[str]) -> int:
        """How many deliveries are not acknowledged."""

    async def trim(self, *, consumer_idle: float) -> None:
        """Drop what every group has done with, and consumers without work that were idle so long."""
