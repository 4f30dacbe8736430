"""Wakes the open streams of one web process. Holds no connection of the pools and knows no notification."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from stoa.shared.changes import ChangeListener
from stoa.shared.errors import TooManyRequests, Unavailable

CHANNEL: Final = "stoa_notifications"
MOST_OF_ONE: Final = 8
MOST: Final = 1_000
_RETRY_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds: how long a stream lasts, how often it shows life, how often it asks while nobody wakes it."""

    whole: float = 3600.0
    sign: float = 15.0
    ask: float = 5.0


class Place:
    """One open stream."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._woken = asyncio.Event()
        self._ends = time.monotonic() + hub.times.whole

    def wake(self) -> None:
        self._woken.set()

    @property
    def is_over(self) -> bool:
        """It lasted long enough, or the server stops: the page comes again."""
        return self._hub.is_ending or time.monotonic() >= self._ends

    @property
    def sign_seconds(self) -> float:
        return self._hub.times.sign

    async def wait(self) -> None:
        """Until something may have happened, or time to look has come."""
        seconds = self._hub.times.sign if self._hub.is_hearing else self._hub.times.ask
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), min(seconds, max(0.0, self._ends - time.monotonic())))
        self._woken.clear()


class Hub:
    """`listener` tells it whose notices changed; while that is away, streams ask by themselves."""

    def __init__(self, times: Times | None = None) -> None:
        self.times = times or Times()
        self.is_hearing = False
        self.is_ending = False
        self._places: dict[UUID, set[Place]] = {}
        self._count = 0

    def listener(self, url: str) -> ChangeListener:
        return ChangeListener(
            url, connected=self._hears, disconnected=self._is_deaf, heard=self._heard, channel=CHANNEL
        )

    @contextmanager
    def place(self, user_id: UUID) -> Iterator[Place]:
        """Room for one stream of that person. Raises TooManyRequests, Unavailable."""
        of_them = self._places.setdefault(user_id, set())
        if len(of_them) >= MOST_OF_ONE:
            raise TooManyRequests(
                f"You have {MOST_OF_ONE} streams open already. Close one, or let the pages of one browser share one.",
                retry_after=_RETRY_SECONDS,
            )
        if self._count >= MOST:
            raise Unavailable("Too many streams are open. Try again in a minute.")
        place = Place(self)
        of_them.add(place)
        self._count += 1
        try:
            yield place
        finally:
            self._count -= 1
            of_them.discard(place)
            if not of_them:
                self._places.pop(user_id, None)

    def end(self) -> None:
        """The server stops: every stream ends now, and its page comes again."""
        self.is_ending = True
        self._wake_all()

    def _heard(self, payload: str) -> None:
        with contextlib.suppress(ValueError):
            for place in self._places.get(UUID(payload), ()):
                place.wake()

    def _hears(self) -> None:
        self.is_hearing = True
        self._wake_all()  # something may have been said before

    def _is_deaf(self) -> None:
        self.is_hearing = False
        self._wake_all()

    def _wake_all(self) -> None:
        for places in self._places.values():
            for place in places:
                place.wake()
