"""Whole events of a stream, without the one that tells tokens to clients that did not ask for it."""

from collections.abc import AsyncIterator
from typing import Final

_ENDS: Final = (b"\n\n", b"\r\n\r\n", b"\r\r")
_NO_CHOICE: Final = (b'"choices":[]', b'"choices": []')


async def without_usage(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes as they come, cut at the ends of events only, so that none is passed on by half."""
    kept = b""
    async for chunk in chunks:
        kept += chunk
        end = _last_end(kept)
        if end:
            whole, kept = kept[:end], kept[end:]
            passed = _strip(whole) if any(mark in whole for mark in _NO_CHOICE) else whole
            if passed:
                yield passed
    if kept:
        yield kept


def _last_end(data: bytes) -> int:
    return max((place + len(end) for end in _ENDS if (place := data.rfind(end)) >= 0), default=0)


def _strip(events: bytes) -> bytes:
    separator = b"\r\n\r\n" if b"\r\n\r\n" in events else b"\n\n"
    parts = events.split(separator)
    kept = [part for part in parts if not (any(mark in part for mark in _NO_CHOICE) and b'"usage"' in part)]
    return separator.join(kept)
