"""How much at once: requests and tokens a minute, streams at the same time; counted in Valkey for all processes.

While Valkey is away each process counts by itself, so its faults never open the door.
"""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from stoa.modules.ai.errors import LimitReached
from stoa.modules.ai.limits.counting import Asked, InProcess, Verdict

log = structlog.get_logger("stoa.ai")
_SILENT_SECONDS: Final = 5.0
_SEAT_SECONDS: Final = 60
_MOST_BACKS: Final = 20_000

# KEYS: counts of this minute, seats. ARGV: minute's end, requests, tokens, streams, tokens asked, seat, now, given back
_ENTER: Final = """
local used = redis.call('HMGET', KEYS[1], 'r', 't')
local requests, tokens = tonumber(used[1] or 0), tonumber(used[2] or 0)
if used[2] and tonumber(ARGV[8]) > 0 then
  tokens = math.max(0, tokens - tonumber(ARGV[8]))
  redis.call('HSET', KEYS[1], 't', tokens)
end
local verdict = 'ok'
if requests + 1 > tonumber(ARGV[2]) then verdict = 'requests'
elseif tokens + tonumber(ARGV[5]) > tonumber(ARGV[3]) and tokens > 0 then verdict = 'tokens'
elseif ARGV[6] ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[7])
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then verdict = 'streams' end
end
if verdict == 'ok' then
  requests = redis.call('HINCRBY', KEYS[1], 'r', 1)
  tokens = redis.call('HINCRBY', KEYS[1], 't', ARGV[5])
  redis.call('EXPIREAT', KEYS[1], ARGV[1])
  if ARGV[6] ~= '' then
    redis.call('ZADD', KEYS[2], tonumber(ARGV[7]) + 60, ARGV[6])
    redis.call('EXPIRE', KEYS[2], 120)
  end
end
return {verdict, requests, tokens}
"""
_LEAVE: Final = """
if ARGV[1] ~= '' then redis.call('ZREM', KEYS[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[1]) == 1 then
  local left = redis.call('HINCRBY', KEYS[1], 't', -tonumber(ARGV[2]))
  if left < 0 then redis.call('HSET', KEYS[1], 't', 0) end
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a tier may."""

    requests_per_minute: int
    tokens_per_minute: int
    streams: int


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of the minute, which ends in `resets_in` seconds. `minute` is the one that was counted in.

    `is_own`: it was counted in this process, since Valkey was away.
    """

    minute: int
    requests_left: int
    tokens_left: int
    resets_in: float
    is_own: bool = False

    def headers(self, allowance: Allowance) -> dict[str, str]:
        """As OpenAI names them."""
        resets = f"{self.resets_in:.0f}s"
        return {
            "x-ratelimit-limit-requests": str(allowance.requests_per_minute),
            "x-ratelimit-remaining-requests": str(self.requests_left),
            "x-ratelimit-reset-requests": resets,
            "x-ratelimit-limit-tokens": str(allowance.tokens_per_minute),
            "x-ratelimit-remaining-tokens": str(self.tokens_left),
            "x-ratelimit-reset-tokens": resets,
        }


class Limits:
    """A question larger than a whole minute's tokens may be asked when nothing else was."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0), max_connections=100
        )
        self._enter = self._redis.register_script(_ENTER)
        self._leave = self._redis.register_script(_LEAVE)
        self._own = InProcess(_SEAT_SECONDS)
        self._gone_until = 0.0
        self._backs: OrderedDict[str, tuple[int, int]] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._redis.aclose()

    async def enter(self, who: str, allowance: Allowance, *, tokens: int, stream: UUID | None) -> Room:
        """Counts one call, or raises LimitReached; then nothing was counted."""
        limits = (allowance.requests_per_minute, allowance.tokens_per_minute, allowance.streams)
        asked = Asked(who, limits, tokens, stream, time.time())
        resets_in = (asked.minute + 1) * 60 - asked.now
        verdict = await self._entered(asked)
        room = Room(
            asked.minute,
            max(0, allowance.requests_per_minute - verdict.requests),
            max(0, allowance.tokens_per_minute - verdict.tokens),
            resets_in,
            verdict.is_own,
        )
        if verdict.full:
            raise _refusal(verdict, allowance, tokens, room)
        return room

    async def leave(self, who: str, room: Room, *, stream: UUID | None, tokens_back: int) -> None:
        """It has ended; `tokens_back` were counted too many in its minute. Never raises."""
        if room.is_own:
            self._own.leave(who, room.minute, stream, tokens_back)
            return
        if stream is None:  # nobody waits for a seat: the next call of this person takes it along
            self._give_back(who, room.minute, tokens_back)
            return
        await self._quietly(self._leave(keys=_keys(who, room.minute), args=[str(stream), tokens_back]))

    async def keep(self, who: str, stream: UUID) -> None:
        """It still runs: a seat that is not kept for a minute is free again."""
        now = time.time()
        self._own.keep(who, stream, now)
        key = _keys(who, 0)[1]
        await self._quietly(self._redis.zadd(key, {str(stream): now + _SEAT_SECONDS}, xx=True))
        await self._quietly(self._redis.expire(key, 2 * _SEAT_SECONDS))

    def _give_back(self, who: str, minute: int, tokens: int) -> None:
        kept_minute, kept = self._backs.pop(who, (minute, 0))
        self._backs[who] = (minute, tokens + (kept if kept_minute == minute else 0))
        while len(self._backs) > _MOST_BACKS:
            self._backs.popitem(last=False)

    def _given_back(self, asked: Asked) -> int:
        minute, tokens = self._backs.pop(asked.who, (asked.minute, 0))
        return tokens if minute == asked.minute else 0

    async def _entered(self, asked: Asked) -> Verdict:
        if time.monotonic() >= self._gone_until:
            try:
                arguments: list[int | float | str] = [
                    (asked.minute + 1) * 60 + 1,
                    *asked.limits,
                    asked.tokens,
                    str(asked.stream or ""),
                    asked.now,
                    self._given_back(asked),
                ]
                found: Any = await self._enter(keys=_keys(asked.who, asked.minute), args=arguments)
                return Verdict("" if found[0] == b"ok" else found[0].decode(), int(found[1]), int(found[2]))
            except (RedisError, OSError) as error:
                self._gone_until = time.monotonic() + _SILENT_SECONDS
                log.warning("valkey does not answer, limits count in this process", error=type(error).__name__)
        return self._own.enter(asked)

    async def _quietly(self, asked: Any) -> None:
        if time.monotonic() < self._gone_until:
            asked.close()
            return
        try:
            await asked
        except (RedisError, OSError):
            self._gone_until = time.monotonic() + _SILENT_SECONDS


def _keys(who: str, minute: int) -> list[str]:
    """Nobody's id stands in Valkey."""
    name = hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
    return [f"stoa:ai:minute:{name}:{minute}", f"stoa:ai:streams:{name}"]


def _refusal(verdict: Verdict, allowance: Allowance, tokens: int, room: Room) -> LimitReached:
    words = {
        "requests": f"You may ask {allowance.requests_per_minute} times a minute, and did",
        "tokens": f"You may use {allowance.tokens_per_minute:,} tokens a minute; {verdict.tokens:,} are used and this "
        f"needs up to {tokens:,}",
        "streams": f"You may have {allowance.streams} streams at the same time, and have",
    }[verdict.full]
    wait = 5 if verdict.full == "streams" else max(1, round(room.resets_in + 0.5))
    detail = f"{words}. Try again in {wait} s."
    return LimitReached(detail, limit=verdict.full, retry_after=wait, headers=room.headers(allowance))
