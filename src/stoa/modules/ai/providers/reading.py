"""Tells from a provider's bytes how an answer ended and what it used, parsing no more than it must. Pure."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from stoa.modules.ai.terms import Usage

_TAIL: Final = 16_384
_MOST_KEPT: Final = 4 * 1_048_576
_DONE: Final = b"[DONE]"
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """`usage` is None where the provider did not count; `error` is what it said of a fault of its own."""

    usage: Usage | None
    finish_reason: str | None
    is_done: bool
    error: str | None
    output_text: str

    @property
    def is_cut(self) -> bool:
        """Nothing says that the answer is whole: SDKs take such a stream for complete."""
        return self.error is None and not (self.is_done or self.finish_reason or self.usage)


class Reading:
    """Fed the raw bytes of one answer in order. `events` counts those of a stream so far."""

    def __init__(self, *, streams: bool) -> None:
        self._streams = streams
        self._parts: list[bytes] = []
        self._size = 0
        self.events = 0
        self._seen: Seen | None = None

    def feed(self, chunk: bytes) -> None:
        if self._streams:
            self.events += chunk.count(b"data:")
        if self._size < _MOST_KEPT or not self._streams:
            self._parts.append(chunk)
        else:
            self._parts[-1] = (self._parts[-1] + chunk)[-_TAIL:]
        self._size += len(chunk)

    def finish(self) -> Seen:
        """What there is to know, once; also of an answer that was left half way."""
        if self._seen is None:
            whole = b"".join(self._parts)
            self._seen = _of_stream(whole) if self._streams else _of_body(whole)
            self._parts = []
        return self._seen


def usage_of(told: Any) -> Usage | None:
    """OpenAI's `usage`; one of zeros is none: providers send it when they do not count."""
    if not isinstance(told, dict):
        return None
    taken, given = _whole(told.get("prompt_tokens")), _whole(told.get("completion_tokens"))
    if not taken and not given:
        total = _whole(told.get("total_tokens"))
        return Usage(total, 0) if total else None
    details = told.get("prompt_tokens_details")
    cached = _whole(details.get("cached_tokens")) if isinstance(details, dict) else 0
    return Usage(taken, given, min(cached, taken))


def error_of(told: Any) -> str | None:
    """The words of OpenAI's `error` object."""
    error = told.get("error") if isinstance(told, dict) else None
    if not error:
        return None
    message = error.get("message") if isinstance(error, dict) else error
    return str(message or "The provider reported a fault.")[:500]


def _of_body(whole: bytes) -> Seen:
    try:
        told = orjson.loads(whole)
    except orjson.JSONDecodeError:
        return Seen(None, None, is_done=False, error="The provider's answer is not JSON.", output_text="")
    if not isinstance(told, dict):
        return Seen(None, None, is_done=False, error="The provider's answer is no JSON object.", output_text="")
    choice = _first(told.get("choices"))
    message = choice.get("message")
    text = _text(message) if isinstance(message, dict) else ""
    is_whole = bool(told.get("choices") or told.get("data"))
    return Seen(usage_of(told.get("usage")), _reason(choice), is_whole, error_of(told), text)


def _of_stream(whole: bytes) -> Seen:
    """The last events tell how it ended; only where tokens were not told are all of them read."""
    tail = _facts(whole[-_TAIL:].split(b"\n"))
    if tail.usage is not None and tail.error is None and tail.finish_reason is not None:
        return tail
    return _facts(whole.split(b"\n"))


def _facts(lines: list[bytes]) -> Seen:
    usage, reason, done, error = None, None, False, None
    texts: list[str] = []
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == _DONE:
            done = True
            continue
        told = _json(data)
        error = error_of(told) or error
        usage = usage_of(told.get("usage")) or usage
        choice = _first(told.get("choices"))
        reason = _reason(choice) or reason
        delta = choice.get("delta")
        if isinstance(delta, dict):
            texts.append(_text(delta))
    return Seen(usage, reason, done, error, "".join(texts))


def _json(data: bytes) -> _Json:
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _first(choices: Any) -> _Json:
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def _reason(choice: _Json) -> str | None:
    reason = choice.get("finish_reason")
    return reason if isinstance(reason, str) else None


def _text(message: _Json) -> str:
    """What was written: text, reasoning, and the arguments of tools, all of which are paid for."""
    parts = [message.get("content"), message.get("reasoning_content"), message.get("refusal")]
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            parts += [function.get("name"), function.get("arguments")]
    return "".join(part for part in parts if isinstance(part, str))


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else 0
