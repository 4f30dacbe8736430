"""The fake provider's own bill: every call, and the tokens it counts. A word is a token, so that anybody can count."""

from dataclasses import asdict, dataclass, field
from typing import Any

_USUAL_WORDS = 12


@dataclass(slots=True)
class Call:
    """`left_early`: the caller hung up before the end. `output_tokens` are the words sent until then."""

    wire: str
    key: str
    model: str
    streams: bool
    input_tokens: int
    output_tokens: int = 0
    status: int = 200
    left_early: bool = False
    body: dict[str, Any] = field(default_factory=dict)


class Bill:
    def __init__(self) -> None:
        self.calls: list[Call] = []

    def add(self, call: Call) -> Call:
        self.calls.append(call)
        return call

    def as_json(self) -> dict[str, Any]:
        answered = [call for call in self.calls if call.status == 200]
        return {
            "calls": [asdict(call) for call in self.calls],
            "input_tokens": sum(call.input_tokens for call in answered),
            "output_tokens": sum(call.output_tokens for call in answered),
        }


def words_in(value: Any) -> int:
    """The words of every text within a request's messages or contents."""
    if isinstance(value, str):
        return len(value.split())
    if isinstance(value, dict):
        return sum(words_in(part) for key, part in value.items() if key not in {"role", "type"})
    if isinstance(value, list):
        return sum(words_in(part) for part in value)
    return 0


def answer_words(asked: int | None) -> list[str]:
    """The answer: numbered words, as many as were asked for at most."""
    many = _USUAL_WORDS if asked is None else min(asked, _USUAL_WORDS)
    return [f"word{number}" for number in range(1, max(1, many) + 1)]
