"""The text within a provider's bytes."""

import codecs
from collections.abc import AsyncIterator
from typing import Any

import orjson

from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.engine.service import Begun
from stoa.modules.ai.providers.protocol import ProviderFault


async def deltas_of(begun: Begun, *, streams: bool, complains: bool = True) -> AsyncIterator[str]:
    """The answer's text, whole or piece by piece, without what no answer may say.

    With `complains` raises ProviderFault for one that broke off.
    """
    generation, output = begun.generation, begun.output
    async for text in _streamed(generation) if streams else _at_once(generation):
        said = output.feed(text)
        if said:
            yield said
        if output.has_leaked:
            generation.stop()
    rest = output.finish()
    if rest:
        yield rest
    outcome = generation.outcome
    if complains and outcome is not None and outcome.status != "complete":
        raise ProviderFault("cut", outcome.fault or "The answer broke off.")


async def _streamed(generation: Generation) -> AsyncIterator[str]:
    async for line in _lines(generation.chunks()):
        text = _delta(line)
        if text:
            yield text


async def _at_once(generation: Generation) -> AsyncIterator[str]:
    content = b"".join([chunk async for chunk in generation.chunks()])
    if generation.outcome is not None and generation.outcome.status == "complete":
        yield _whole(content)


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Lines of an event stream, however the bytes were cut."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    kept = ""
    async for chunk in chunks:
        kept += decoder.decode(chunk)
        *whole, kept = kept.split("\n")
        for line in whole:
            yield line.rstrip("\r")


def _delta(line: str) -> str:
    if not line.startswith("data:"):
        return ""
    try:
        told: Any = orjson.loads(line[5:])
        return told["choices"][0]["delta"].get("content") or ""
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return ""  # the end mark, usage, or what the engine judges


def _whole(content: bytes) -> str:
    try:
        return orjson.loads(content)["choices"][0]["message"].get("content") or ""
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        raise ProviderFault("garbage", "The provider's answer holds no text.") from None
