"""What the guard found in a text, as the pages of those show it who decide. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from stoa.web.studio.comment_contexts import Piece

_TOLD: Final = 0.1
"""Kinds below this score are noise to whoever reads them."""


def kinds_of(judgement: Mapping[str, Any] | None) -> tuple[str, ...]:
    """`insult 0.93`, the surest first."""
    kinds: Mapping[str, float] = judgement["kinds"] if judgement else {}
    ranked = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    return tuple(f"{kind} {score:.2f}" for kind, score in ranked if score >= _TOLD)


def pieces_of(text: str, judgement: Mapping[str, Any] | None) -> tuple[Piece, ...]:
    """The text cut at the terms that were found; of terms that overlap the first one counts."""
    if not judgement or not judgement["terms"]:
        return ()
    pieces, done = [], 0
    for term in sorted(judgement["terms"], key=lambda one: (one["start"], -one["end"])):
        start, end = term["start"], min(term["end"], len(text))
        if not done <= start < end:
            continue
        pieces += [Piece(text[done:start])] * (start > done)
        pieces.append(Piece(text[start:end], term["kind"]))
        done = end
    return (*pieces, Piece(text[done:])) if done < len(text) else tuple(pieces)
