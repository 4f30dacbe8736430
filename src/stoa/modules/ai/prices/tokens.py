"""How many tokens a text or a request has, without asking anybody: as GPT-4 has them, close enough for the others."""

import asyncio
import gzip
import importlib.util
from base64 import b64decode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from stoa.shared.errors import FieldFault, InvalidInput

USUAL_OUTPUT: Final = 4_096
"""The most that an answer may have where its caller does not say."""
_MOST_OUTPUT: Final = 1_000_000
_MOST_CHOICES: Final = 8
_OF_MESSAGE: Final = 4
_OF_PICTURE: Final = 1_500
_LONGEST: Final = 50_000
_BYTES_A_TOKEN: Final = 3
_PIECES: Final = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
"""How cl100k_base splits a text before it is counted (tiktoken, openai_public.py)."""


async def ready() -> None:
    """Once the table of tokens is read, which takes a third of a second the first time, in a thread."""
    if not _encoding.cache_info().currsize:
        await asyncio.to_thread(_encoding)


def count(text: str) -> int:
    """What lies beyond 50,000 characters is taken as one token for three bytes: rather too many than too few."""
    counted = len(_encoding().encode_ordinary(text[:_LONGEST]))
    return counted + -(-len(text[_LONGEST:].encode("utf-8", "replace")) // _BYTES_A_TOKEN)


def estimate(body: Mapping[str, Any]) -> int:
    """Tokens of an OpenAI-style request: messages or inputs, tools, and what frames them."""
    messages = body.get("messages")
    if isinstance(messages, list):
        framed = _OF_MESSAGE * (len(messages) + 1)
        return (
            framed
            + _of_parts(messages)
            + sum(_of_parts([body[key]]) for key in ("tools", "response_format") if key in body)
        )
    return _of_input(body.get("input"))


def most_output(body: Mapping[str, Any], usual: int = USUAL_OUTPUT) -> int:
    """The most tokens that may come back: as asked for, else `usual`, for each choice.

    Raises InvalidInput for what is no number of tokens.
    """
    asked = _whole(body, "max_completion_tokens") or _whole(body, "max_tokens") or usual
    choices = _whole(body, "n") or 1
    if choices > _MOST_CHOICES:
        raise _fault("n", f"must be at most {_MOST_CHOICES}")
    return asked * choices


def _of_parts(parts: Iterable[Any]) -> int:
    """Every text within, however deep; pictures and sounds by a constant."""
    tokens, waiting = 0, list(parts)
    texts: list[str] = []
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            if part.get("type") in {"image_url", "input_audio", "file"}:
                tokens += _OF_PICTURE
            else:
                waiting += part.values()
                texts += part
    return tokens + count("\n".join(texts))


def _of_input(given: Any) -> int:
    """A text, texts, tokens, or lists of tokens."""
    if not isinstance(given, list):
        return count(given) if isinstance(given, str) else 0
    tokens = sum(len(one) if isinstance(one, list) else 1 for one in given if not isinstance(one, str))
    return tokens + sum(count(one) for one in given if isinstance(one, str))


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_OUTPUT:
        raise _fault(name, f"must be a whole number from 1 to {_MOST_OUTPUT:,}")
    return value


def _fault(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"'{field}' {message}.", faults=(FieldFault(f"body.{field}", message),))


@lru_cache(maxsize=1)
def _encoding() -> Any:
    """GPT-4's vocabulary from bpe-openai's data, counted by tiktoken: 42 MiB; bpe-openai takes 100 to 140."""
    import tiktoken  # noqa: PLC0415 # for processes that count

    spec = importlib.util.find_spec("bpe_openai")  # not imported
    folder = Path((spec.submodule_search_locations or [""])[0] if spec else "")
    with gzip.open(folder / "data" / "cl100k_base.tiktoken.gz") as file:
        ranks = {b64decode(piece): int(rank) for piece, rank in (line.split() for line in file)}
    return tiktoken.Encoding("cl100k", pat_str=_PIECES, mergeable_ranks=ranks, special_tokens={})
