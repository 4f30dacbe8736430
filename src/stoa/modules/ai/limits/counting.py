"""The same rules as in Valkey, within one process, for when it is away. Pure; the oldest counts go first."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

Full = Literal["", "requests", "tokens", "streams"]
_MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`full` names the limit that is reached; the counts are this minute's, with this call where it may go on.

    `is_own`: they are this process's alone.
    """

    full: str
    requests: int
    tokens: int
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: `limits` are requests and tokens a minute and streams; `now` is Unix time."""

    who: str
    limits: tuple[int, int, int]
    tokens: int
    stream: UUID | None
    now: float

    @property
    def minute(self) -> int:
        return int(self.now) // 60


@dataclass(slots=True)
class _Counts:
    minute: int = -1
    requests: int = 0
    tokens: int = 0
    seats: dict[UUID, float] = field(default_factory=dict)


class InProcess:
    def __init__(self, seat_seconds: float) -> None:
        self._seat_seconds = seat_seconds
        self._all: OrderedDict[str, _Counts] = OrderedDict()

    def enter(self, asked: Asked) -> Verdict:
        counts = self._of(asked.who, asked.minute)
        full = _full(counts, asked)
        if not full:
            counts.requests += 1
            counts.tokens += asked.tokens
            if asked.stream is not None:
                counts.seats[asked.stream] = asked.now + self._seat_seconds
        return Verdict(full, counts.requests, counts.tokens, is_own=True)

    def leave(self, who: str, minute: int, stream: UUID | None, tokens_back: int) -> None:
        counts = self._all.get(who)
        if counts is None:
            return
        if stream is not None:
            counts.seats.pop(stream, None)
        if counts.minute == minute:
            counts.tokens = max(0, counts.tokens - tokens_back)

    def keep(self, who: str, stream: UUID, now: float) -> None:
        counts = self._all.get(who)
        if counts is not None and stream in counts.seats:
            counts.seats[stream] = now + self._seat_seconds

    def _of(self, who: str, minute: int) -> _Counts:
        counts = self._all.pop(who, None) or _Counts()
        if counts.minute != minute:
            counts.minute, counts.requests, counts.tokens = minute, 0, 0
        self._all[who] = counts
        while len(self._all) > _MOST_KEPT:
            self._all.popitem(last=False)
        return counts


def _full(counts: _Counts, asked: Asked) -> Full:
    requests, tokens, streams = asked.limits
    if counts.requests + 1 > requests:
        return "requests"
    if counts.tokens and counts.tokens + asked.tokens > tokens:
        return "tokens"
    if asked.stream is not None:
        counts.seats = {seat: until for seat, until in counts.seats.items() if until > asked.now}
        if len(counts.seats) >= streams:
            return "streams"
    return ""
