"""Values that may be made again, kept in Valkey. Without Valkey everything still works, only slower."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger("stoa.cache")
_SILENT_SECONDS = 5.0


class Cache:
    """A cache of bytes under `stoa:cache:<key>`. Faults of Valkey are misses, told once in the log."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=1.0,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 0),
            max_connections=50,
        )
        self._makers: dict[str, asyncio.Future[bytes]] = {}
        self._gone_until = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._redis.aclose()

    async def ping(self) -> None:
        """Raise RedisError or OSError when Valkey does not answer."""
        await self._redis.ping()

    async def get(self, key: str) -> bytes | None:
        if time.monotonic() < self._gone_until:
            return None
        try:
            value = await self._redis.get(_full(key))
        except (RedisError, OSError) as error:
            self._pause(error)
            return None
        return value.encode() if isinstance(value, str) else value

    async def set(self, key: str, value: bytes, *, seconds: int) -> None:
        if time.monotonic() < self._gone_until:
            return
        try:
            await self._redis.set(_full(key), value, ex=seconds)
        except (RedisError, OSError) as error:
            self._pause(error)

    async def delete(self, key: str) -> None:
        try:
            await self._redis.delete(_full(key))
        except (RedisError, OSError) as error:
            self._pause(error)

    async def get_or_make(self, key: str, make: Callable[[], Awaitable[bytes]], *, seconds: int) -> bytes:
        """The kept value, or the one `make` gives; in this process one caller makes it while the others wait."""
        found = await self.get(key)
        if found is not None:
            return found
        waiting = self._makers.get(key)
        if waiting is not None:
            return await asyncio.shield(waiting)
        task = asyncio.ensure_future(self._make(key, make, seconds))
        self._makers[key] = task
        task.add_done_callback(lambda _: self._makers.pop(key, None))
        return await asyncio.shield(task)

    async def _make(self, key: str, make: Callable[[], Awaitable[bytes]], seconds: int) -> bytes:
        value = await make()
        await self.set(key, value, seconds=seconds)
        return value

    def _pause(self, error: Exception) -> None:
        self._gone_until = time.monotonic() + _SILENT_SECONDS
        log.warning("valkey does not answer, going on without it", error=type(error).__name__)


def _full(key: str) -> str:
    return f"stoa:cache:{key}"
