"""How a text feels, without a model: by words that praise and blame, and what turns or strengthens them. Pure.

English only; the weights are ours. A text without such words is neutral.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

from stoa.modules.ai.plain.text import sentences, words
from stoa.modules.ai.plain.vocabulary import FEELINGS, STRENGTHENS, TURNS, WEAKENS

Feeling = Literal["positive", "neutral", "negative"]
_FACTORS: Final = {**dict.fromkeys(STRENGTHENS, 1.4), **dict.fromkeys(WEAKENS, 0.6)}
_REACH: Final = 3
_NEUTRAL: Final = 0.15


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` from -1 to 1; `confidence` from 0 to 1 is low where few words feel anything."""

    feeling: Feeling
    score: float
    confidence: float


def sentiment(text: str) -> Sentiment:
    """Of the whole text: the mean of its sentences that feel anything."""
    felt = [feel for line in sentences(text) if (feel := _of_sentence(line)) is not None]
    if not felt:
        return Sentiment("neutral", 0.0, 0.5)
    score = sum(felt) / len(felt)
    feeling: Feeling = "neutral" if abs(score) < _NEUTRAL else "positive" if score > 0 else "negative"
    agreed = abs(sum(math.copysign(1, feel) for feel in felt)) / len(felt)
    sure = 0.5 + 0.5 * agreed * min(1.0, abs(score) * 1.5) if feeling != "neutral" else 0.5
    return Sentiment(feeling, round(score, 3), round(sure, 3))


def _of_sentence(line: str) -> float | None:
    """What follows a `but` weighs more than what stands before it."""
    found = words(line)
    turn = next((at for at in range(len(found) - 1, -1, -1) if found[at] in {"but", "however"}), -1)
    total, seen = 0.0, 0
    for at, word in enumerate(found):
        weight = FEELINGS.get(word)
        if weight is None or (word == "like" and at and found[at - 1] in {"is", "looks", "was", "things", "something"}):
            continue
        seen += 1
        before = found[max(0, at - _REACH) : at]
        for one in before:
            weight *= _FACTORS.get(one, 1.0)
        if any(one in TURNS or one.endswith("n't") for one in before):
            weight *= -0.7
        if turn >= 0:
            weight *= 1.4 if at > turn else 0.6
        total += weight
    if not seen:
        return None
    total *= 1 + 0.1 * min(3, line.count("!"))
    return total / math.sqrt(total * total + 8)
