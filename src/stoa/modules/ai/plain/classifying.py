"""Which of some labels a text belongs to, without a model: by the words that belong to each. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stoa.modules.ai.plain.text import content_words, headings, prose, stem, words
from stoa.modules.ai.plain.vocabulary import SCHEMES

_SURE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Classified:
    """`category` is None where nothing in the text speaks for any label; shares add up to 1."""

    category: str | None
    confidence: float
    shares: Mapping[str, float]


def classify(text: str, labels: Mapping[str, str]) -> Classified:
    """`labels`: each with words that belong to it, which may be none but its own."""
    found = Counter(stem(word) for word in words(prose(text)))
    for line in headings(text):
        found.update({stem(word): 2 for word in words(line)})
    own = {name: _stems(name, belonging) for name, belonging in labels.items()}
    shared = Counter(word for listed in own.values() for word in listed)
    scores = {
        name: sum(math.log1p(found[word]) / shared[word] for word in listed if found[word])
        for name, listed in own.items()
    }
    if "question" in scores and text.rstrip().endswith("?"):
        scores["question"] += _SURE
    total = sum(scores.values())
    if not total:
        return Classified(None, 0.0, dict.fromkeys(labels, 0.0))
    shares = {name: round(score / total, 4) for name, score in scores.items()}
    best = max(scores, key=lambda name: scores[name])
    enough = min(1.0, scores[best] / _SURE)
    return Classified(best, round(shares[best] * enough, 3), shares)


def labelled(names: Sequence[str]) -> dict[str, str]:
    """Labels of the caller's own: of a name that a known scheme has, its words too."""
    known = {name: listed for scheme in SCHEMES.values() for name, listed in scheme.items()}
    return {name: known.get(name.strip().casefold(), "") for name in names}


def _stems(name: str, belonging: str) -> frozenset[str]:
    return frozenset(stem(word) for word in (*content_words(name), *belonging.split())) or frozenset(words(name))
