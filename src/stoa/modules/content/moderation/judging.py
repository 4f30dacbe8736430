"""What content asks of whoever judges texts in the background. Knows no model, keeps nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

Strictness = Literal["off", "normal", "strict"]
STRICT_SCORE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Term:
    """Words that count against a text, at `text[start:end]` of what was judged; `kind` is one of the kinds."""

    text: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """Scores are 0 to 1; `score` is the highest of `kinds`. `reason` says in words why it should wait."""

    score: float
    is_held: bool
    reason: str = ""
    kinds: Mapping[str, float] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()


class Judge(Protocol):
    """Called in a thread: must not touch the database, and must be safe in several threads at once."""

    def judge(self, text: str) -> Judgement: ...


def should_wait(judgement: Judgement, strictness: Strictness) -> bool:
    """Whether a text waits for a person: where the judge says so, and where strict from a score of 0.5 on."""
    return judgement.is_held or (strictness == "strict" and judgement.score >= STRICT_SCORE)


def as_kept(judgement: Judgement) -> dict[str, Any]:
    """Reason, kinds and terms as they are kept beside the text, in JSON."""
    terms = [{"text": one.text, "kind": one.kind, "start": one.start, "end": one.end} for one in judgement.terms]
    kinds = {kind: round(score, 4) for kind, score in judgement.kinds.items()}
    return {"reason": judgement.reason, "kinds": kinds, "terms": terms}
