"""How the fake provider behaves: named by the model (`fake-cut-3`), or told beforehand for the next calls.

| manner | what it does |
|---|---|
| `ok` | answers, with usage in a chunk of its own after the finish |
| `first-N`, `slow-N` | waits N ms before the first byte, or before every chunk |
| `cut-N`, `stall-N`, `error-N` | after N chunks: hangs up, says nothing more, sends an error event |
| `401`, `403`, `404`, `429`, `500`, `503` | answers with that status; `wait-N` is a 429 that asks for N seconds |
| `html`, `json`, `empty`, `type`, `redirect` | 200 with HTML, broken JSON, nothing, a wrong type; leads elsewhere |
| `nousage`, `zerousage` | does not count, or counts zero |
| `endless`, `late-N`, `huge` | never ends, whatever was asked for; slowly, after N ms; sends 100 MB |
| `echo`, `recite` | says the last message again, or the first |
| `line`, `split`, `crlf`, `comments` | one giant line; one byte at a time; other line ends; comments between events |
"""

from collections import deque
from dataclasses import dataclass

PREFIX = "fake-"


@dataclass(frozen=True, slots=True)
class Manner:
    name: str = "ok"
    number: int = 0

    @property
    def status(self) -> int:
        if self.name == "wait":
            return 429
        return int(self.name) if self.name.isdigit() else 200

    @classmethod
    def read(cls, written: str) -> "Manner":
        """`cut-3` -> cut, 3."""
        name, _, number = written.partition("-")
        return cls(name or "ok", int(number) if number.isdigit() else 0)


class Manners:
    """What was told beforehand comes first, call by call; then the model's name decides."""

    def __init__(self) -> None:
        self._next: deque[str] = deque()

    def tell(self, manners: list[str]) -> None:
        self._next.extend(manners)

    def forget(self) -> None:
        self._next.clear()

    def of(self, model: str) -> Manner:
        if self._next:
            return Manner.read(self._next.popleft())
        name = model.rpartition("/")[2]
        return Manner.read(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else Manner()
