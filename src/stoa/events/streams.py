"""The transport on Redis Streams, by commands that Redis 7.0 and every Valkey know."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any, Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from .event import STREAM_PREFIX, Envelope
from .transport import Delivery, GroupGone, TransportDown

_KEPT = 1_000
_CLAIMED_AT_ONCE = 100
_SOCKET_SECONDS = 5.0


class RedisStreams:
    """A `Transport`. Entries are plain (`id`, `type`, `data`), so that `redis-cli XREAD` shows the flow.

    Up to `kept` entries of each stream stay, to be looked at; above that, what every group has done with goes.
    """

    def __init__(self, url: str, *, kept: int = _KEPT) -> None:
        self._kept = kept
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=False,
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=_SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),  # a repeated XADD is ours to decide
            protocol=2,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._redis.aclose()

    async def ensure(self, group: str, streams: Sequence[str]) -> bool:
        made = False
        async with _faults():
            for stream in streams:
                try:
                    await self._redis.xgroup_create(stream, group, id="0", mkstream=True)
                    made = True
                except ResponseError as error:
                    if "BUSYGROUP" not in str(error):
                        raise
        return made

    async def send_many(self, envelopes: Sequence[Envelope]) -> None:
        async with _faults(), self._redis.pipeline(transaction=False) as pipeline:
            for envelope in envelopes:
                fields: dict[Any, Any] = {"id": str(envelope.id), "type": envelope.type, "data": envelope.cloud_event()}
                pipeline.xadd(envelope.stream, fields)
            await pipeline.execute()

    async def consume(
        self, group: str, consumer: str, streams: Sequence[str], *, most: int, wait: float
    ) -> list[Delivery]:
        async with _faults():
            wanted: dict[Any, Any] = dict.fromkeys(streams, ">")
            found: Any = await self._redis.xreadgroup(group, consumer, wanted, count=most, block=int(wait * 1000))
        return [_delivery(stream, entry) for stream, entries in found or () for entry in entries]

    async def claim(self, group: str, consumer: str, streams: Sequence[str], *, idle: float) -> list[Delivery]:
        claimed = []
        async with _faults():
            for stream in streams:
                answer: Any = await self._redis.xautoclaim(
                    stream, group, consumer, int(idle * 1000), start_id="0-0", count=_CLAIMED_AT_ONCE
                )
                claimed += [_delivery(stream.encode(), entry) for entry in answer[1]]
        return claimed

    async def acknowledge(self, group: str, deliveries: Sequence[Delivery]) -> None:
        async with _faults(), self._redis.pipeline(transaction=False) as pipeline:
            for stream, entries in groupby(sorted(deliveries, key=_stream), key=_stream):
                pipeline.xack(stream, group, *(delivery.entry for delivery in entries))
            await pipeline.execute()

    async def pending(self, group: str, streams: Sequence[str]) -> int:
        async with _faults():
            return sum([(await self._redis.xpending(stream, group))["pending"] for stream in streams])

    async def trim(self, *, consumer_idle: float) -> None:
        async with _faults():
            async for key in self._redis.scan_iter(f"{STREAM_PREFIX}*", _type="stream"):
                groups: Any = await self._redis.xinfo_groups(key)
                for group in groups:
                    await self._drop_idle(key, group["name"], consumer_idle)
                if await self._redis.xlen(key) <= self._kept:
                    continue
                if not groups:
                    await self._redis.xtrim(key, maxlen=self._kept, approximate=False)
                    continue
                oldest = min([await self._needed_from(key, group) for group in groups])
                await self._redis.xtrim(key, minid=oldest, approximate=False)

    async def length(self) -> int:
        """Entries in all streams."""
        async with _faults():
            return sum([await self._redis.xlen(k) async for k in self._redis.scan_iter(f"{STREAM_PREFIX}*")])

    async def _needed_from(self, key: bytes, group: Any) -> "_Id":
        """The first entry that the group may still ask for: its oldest unacknowledged, else the next unread."""
        if group["pending"]:
            summary = await self._redis.xpending(key, group["name"])
            if summary["min"]:
                return _Id(summary["min"])
        time, _, number = group["last-delivered-id"].decode().partition("-")
        return _Id(f"{time}-{int(number) + 1}".encode())

    async def _drop_idle(self, key: bytes, group: bytes, idle: float) -> None:
        for consumer in await self._redis.xinfo_consumers(key, group):
            if consumer["pending"] == 0 and consumer["idle"] > idle * 1000:
                await self._redis.xgroup_delconsumer(key, group, consumer["name"])


class _Id(bytes):
    """An entry's id, in the order of the stream."""

    def __lt__(self, other: bytes) -> bool:
        return _numbers(self) < _numbers(other)


def _numbers(entry: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in entry.split(b"-"))


def _stream(delivery: Delivery) -> str:
    return delivery.stream


def _delivery(stream: bytes, entry: tuple[bytes, dict[bytes, bytes] | None]) -> Delivery:
    try:
        envelope = Envelope.from_cloud_event((entry[1] or {})[b"data"])
    except (KeyError, ValueError):
        envelope = None
    return Delivery(stream.decode(), entry[0].decode(), envelope)


@asynccontextmanager
async def _faults() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        if "NOGROUP" in str(error):
            raise GroupGone from None
        raise TransportDown(f"{type(error).__name__}: {error}") from error
