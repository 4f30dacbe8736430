"""How often something may be tried, counted in Valkey for all processes; in the process alone while Valkey is away.

Two rules: `take` lets so many through in a time, `attempt` makes every failure wait longer than the one before.
"""

import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Self

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger("stoa.throttle")
_SILENT_SECONDS = 5.0
_MOST_KEPT = 50_000

_TAKE = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
_ATTEMPT = """
local wait = redis.call('PTTL', KEYS[2])
if wait > 0 then return {0, wait} end
local n = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local beyond = n - tonumber(ARGV[2])
if beyond >= 0 then
  local lock = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(beyond, 20))
  redis.call('SET', KEYS[2], '1', 'PX', math.floor(lock))
end
return {n, 0}
"""


@dataclass(frozen=True, slots=True)
class Backoff:
    """After `free` failures within `window` the next waits `first`, then twice that, up to `most`; all in seconds."""

    free: int
    first: float = 2.0
    most: float = 900.0
    window: float = 900.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`failures` counts this attempt too; `wait` is in seconds and 0 where it may go on."""

    failures: int
    wait: int


class Throttle:
    """Faults of Valkey never open the door: the process then counts by itself."""

    def __init__(self, url: str) -> None:
        self._shared = _InValkey(url)
        self._own = _InProcess()
        self._gone_until = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._shared.close()

    async def take(self, kind: str, who: str, *, limit: int, seconds: float) -> int:
        """Seconds to wait: 0 for the first `limit` calls within `seconds`."""
        count, left = await self._ask("take", _key(kind, who), seconds)
        return 0 if count <= limit else max(1, math.ceil(left))

    async def attempt(self, kind: str, who: str, rule: Backoff) -> Verdict:
        """Counts an attempt as failed before it is made, so that many at once are counted too; see `forgive`."""
        failures, wait = await self._ask("attempt", _key(kind, who), rule)
        return Verdict(failures, math.ceil(wait))

    async def forgive(self, kind: str, who: str, *, all_of_it: bool) -> None:
        """An attempt succeeded: take it back, or everything counted so far."""
        await self._ask("forgive", _key(kind, who), all_of_it=all_of_it)

    async def _ask(self, name: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= self._gone_until:
            try:
                return await getattr(self._shared, name)(*arguments, **options)
            except (RedisError, OSError) as error:
                self._gone_until = time.monotonic() + _SILENT_SECONDS
                log.warning("valkey does not answer, counting in this process", error=type(error).__name__)
        return await getattr(self._own, name)(*arguments, **options)


class _InValkey:
    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0), max_connections=50
        )
        self._take = self._redis.register_script(_TAKE)
        self._attempt = self._redis.register_script(_ATTEMPT)

    async def close(self) -> None:
        await self._redis.aclose()

    async def take(self, key: str, seconds: float) -> tuple[int, float]:
        count, left = await self._take(keys=[key], args=[int(seconds * 1000)])
        return int(count), int(left) / 1000

    async def attempt(self, key: str, rule: Backoff) -> tuple[int, float]:
        milliseconds = [int(part * 1000) for part in (rule.window, rule.first, rule.most)]
        window, first, most = milliseconds
        count, wait = await self._attempt(keys=[key, f"{key}:lock"], args=[window, rule.free, first, most])
        return int(count), int(wait) / 1000

    async def forgive(self, key: str, *, all_of_it: bool) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            if all_of_it:
                pipe.delete(key)
            else:
                pipe.decr(key)
                pipe.expire(key, 900, xx=True)
            pipe.delete(f"{key}:lock")
            await pipe.execute()


@dataclass(slots=True)
class _Count:
    number: int = 0
    until: float = 0.0
    locked_until: float = 0.0


class _InProcess:
    """The same rules on the monotonic clock; the oldest counts go when there are too many."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    async def take(self, key: str, seconds: float) -> tuple[int, float]:
        now = time.monotonic()
        count = self._count(key, now)
        if not count.number:
            count.until = now + seconds
        count.number += 1
        return count.number, count.until - now

    async def attempt(self, key: str, rule: Backoff) -> tuple[int, float]:
        now = time.monotonic()
        count = self._count(key, now)
        if count.locked_until > now:
            return 0, count.locked_until - now
        count.number += 1
        count.until = now + rule.window
        beyond = count.number - rule.free
        if beyond >= 0:
            count.locked_until = now + min(rule.most, rule.first * 2 ** min(beyond, 20))
        return count.number, 0.0

    async def forgive(self, key: str, *, all_of_it: bool) -> None:
        count = self._counts.get(key)
        if count is None:
            return
        count.number = 0 if all_of_it else max(0, count.number - 1)
        count.locked_until = 0.0

    def _count(self, key: str, now: float) -> _Count:
        count = self._counts.pop(key, None)
        if count is None or max(count.until, count.locked_until) <= now:
            count = _Count()
        self._counts[key] = count
        while len(self._counts) > _MOST_KEPT:
            self._counts.popitem(last=False)
        return count


def _key(kind: str, who: str) -> str:
    """Nobody's address or name stands in Valkey."""
    return f"stoa:throttle:{kind}:{hashlib.blake2b(who.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
