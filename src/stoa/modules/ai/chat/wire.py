"""Pieces of answers on their way to the readers of other processes: one Valkey stream for each answer, for a while.

Nothing is owed to it: every piece says where it stands in the text, and what is missed stands in the database soon.
"""

import time
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger("stoa.ai")
_SILENT_SECONDS: Final = 2.0
_KEPT_SECONDS: Final = 900
_MOST_PIECES: Final = 5_000
_AT_ONCE: Final = 200
_BLOCK_MILLISECONDS: Final = 1_000
_MOST_READERS: Final = 200
BEGINNING: Final = "0"


@dataclass(frozen=True, slots=True)
class Piece:
    """`place` is where `text` begins in the answer. `is_last`: the answer has ended, and the database holds it all."""

    id: str
    place: int
    text: str
    is_last: bool


class Wire:
    """Of one process. While Valkey is away it says so, by False and None, and asks again two seconds later."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=5.0,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 0),
            max_connections=_MOST_READERS,
            protocol=2,
        )
        self._gone_until = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._redis.aclose()

    async def add(self, answer_id: UUID, place: int, text: str, *, is_last: bool = False) -> bool:
        """Whether it is on its way."""
        if time.monotonic() < self._gone_until:
            return False
        fields: dict[Any, Any] = {"p": place, "t": text, "e": int(is_last)}
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.xadd(_key(answer_id), fields, maxlen=_MOST_PIECES, approximate=True)
                pipeline.expire(_key(answer_id), _KEPT_SECONDS)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            self._pause(error)
            return False
        return True

    async def read(self, answer_id: UUID, after: str) -> list[Piece] | None:
        """What came behind the piece `after`, waiting a second for it; None while Valkey does not answer."""
        if time.monotonic() < self._gone_until:
            return None
        try:
            found: Any = await self._redis.xread({_key(answer_id): after}, _AT_ONCE, _BLOCK_MILLISECONDS)
        except (RedisError, OSError) as error:
            self._pause(error)
            return None
        return [_piece(id_, fields) for _, entries in found or () for id_, fields in entries]

    async def forget(self, answer_id: UUID) -> None:
        try:
            await self._redis.delete(_key(answer_id))
        except (RedisError, OSError) as error:
            self._pause(error)

    def _pause(self, error: Exception) -> None:
        self._gone_until = time.monotonic() + _SILENT_SECONDS
        log.warning("valkey does not answer, chats are followed in the database", error=type(error).__name__)


def _key(answer_id: UUID) -> str:
    return f"stoa:chat:{answer_id}"


def _piece(id_: bytes, fields: dict[bytes, bytes]) -> Piece:
    text = fields.get(b"t", b"").decode("utf-8", "replace")
    return Piece(id_.decode(), int(fields.get(b"p", 0)), text, fields.get(b"e") == b"1")
