"""What one open page hears: its unread count, and every notice once and in order, also after a cut.

The table is the truth: a wake-up only makes the stream look. Before each look it asks whether the caller may hear it.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from stoa.modules.notifications.live.hub import Place
from stoa.modules.notifications.reading import News, NotificationReads
from stoa.shared.errors import Unavailable

MOST_CAUGHT_UP: Final = 100
_RETRY: Final = b"retry: 1000\n\n"
_SIGN: Final = b": still here\n\n"
_FAULTS: Final = (Unavailable, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Stream:
    """`is_allowed` says whether the caller may hear more; `last` is the last number they know, None for none."""

    def __init__(
        self,
        reads: NotificationReads,
        user_id: UUID,
        place: Place,
        *,
        is_allowed: Callable[[], Awaitable[bool]],
        last: int | None,
    ) -> None:
        self._reads = reads
        self._user_id = user_id
        self._place = place
        self._is_allowed = is_allowed
        self._last = last
        self._unread = -1
        self._said_at = time.monotonic()

    async def parts(self) -> AsyncIterator[bytes]:
        """The lines of `text/event-stream`, until the stream is over."""
        yield _RETRY
        for part in await self._begin():
            yield part
        while not self._place.is_over:
            await self._place.wait()
            found = await self._look()
            if found is None:
                return
            for part in found or self._sign():
                self._said_at = time.monotonic()
                yield part

    async def _begin(self) -> list[bytes]:
        """The count, and with it the number to go on from; then what came since the page was cut off."""
        news = await self._reads.since(self._user_id, self._last or 0, MOST_CAUGHT_UP)
        if self._last is None:
            self._last, self._unread = news.last, news.unread
            return [self._counted(b"unread")]
        if self._is_too_much(news):
            return [self._reset(news)]
        self._unread = news.unread
        return [self._counted(b"unread"), *self._told(news)]

    async def _look(self) -> list[bytes] | None:
        """What there is to say; None when nothing is to be said any more."""
        try:
            if self._place.is_over or not await self._is_allowed():
                return None
            news = await self._reads.since(self._user_id, self._last or 0, MOST_CAUGHT_UP)
        except _FAULTS:
            return []  # the next look sees it
        if self._is_too_much(news):
            return [self._reset(news)]
        is_count_new = news.unread != self._unread
        self._unread = news.unread
        told = self._told(news)
        return told if told or not is_count_new else [self._counted(b"unread")]

    def _is_too_much(self, news: News) -> bool:
        return len(news.items) > MOST_CAUGHT_UP or news.last < (self._last or 0)

    def _sign(self) -> list[bytes]:
        """That it lives, when nothing was said for some time: otherwise proxies cut it."""
        return [_SIGN] if time.monotonic() - self._said_at >= self._place.sign_seconds else []

    def _told(self, news: News) -> list[bytes]:
        parts = []
        for item in news.items:
            data = orjson.loads(item)
            parts.append(_event(b"notification", data["number"], {**data, "unread": news.unread}))
        self._last = news.last
        return parts

    def _reset(self, news: News) -> bytes:
        """More than can be told one by one, or another history than the page knows: it reads the list anew."""
        self._last, self._unread = news.last, news.unread
        return self._counted(b"reset")

    def _counted(self, name: bytes) -> bytes:
        return _event(name, self._last or 0, {"unread": self._unread})


def _event(name: bytes, number: int, data: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name, orjson.dumps(data))
