"""Summaries without a model: the sentences that say most of what a text is about, word for word. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stoa.modules.ai.plain.text import content_words, headings, prose, sentences, shortened, stem, words

_SHORT, _LONG = 6, 45
_LEANS: Final = re.compile(
    r"(?:this|that|these|those|it|they|he|she|here|there|then|also|but|and|so|or|however|for example|for instance)\b",
    re.IGNORECASE,
)
"""How a sentence begins that leans on the one before it."""
_OVERLAP: Final = 0.5
_WORTH_WORDS, _WORTH_SENTENCES = 300, 8
_LONGEST_SHORT: Final = 500


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    stems: frozenset[str]
    score: float


def summarise(markdown: str, most: int) -> list[str]:
    """At most so many of its sentences, in their order; of a short text all of them."""
    ranked = _ranked(markdown)
    return [one.text for one in sorted(_chosen(ranked, most), key=lambda one: one.place)]


def in_short(markdown: str) -> str:
    """The two sentences that say most, of a text that is long enough to need them; else empty."""
    text = prose(markdown)
    if len(words(text)) < _WORTH_WORDS or len(sentences(text)) < _WORTH_SENTENCES:
        return ""
    return shortened(" ".join(summarise(markdown, 2)), _LONGEST_SHORT)


def key_points(markdown: str, most: int) -> list[str]:
    """The sentences that say most, the weightiest first, each about something else."""
    return [one.text for one in _chosen(_ranked(markdown), most)]


def _ranked(markdown: str) -> list[_Sentence]:
    """By how much of the text's own words each holds, for its length; where it stands counts a little."""
    found = sentences(prose(markdown))
    stems = [[stem(word) for word in content_words(one)] for one in found]
    counts = Counter(word for line in stems for word in set(line))
    counts.update(stem(word) for line in headings(markdown) for word in content_words(line))
    weights = {word: math.log1p(count) for word, count in counts.items() if count > 1}
    ranked = []
    for place, (text, line) in enumerate(zip(found, stems, strict=True)):
        length = len(words(text))
        score = sum(weights.get(word, 0.1) for word in set(line)) / math.sqrt(max(length, _SHORT))
        score *= 1 + 0.6 / (1 + place) + (0.15 if place + 1 == len(found) else 0)
        if length < _SHORT or length > _LONG:
            score *= 0.4
        if _LEANS.match(text):
            score *= 0.7
        if text.endswith((":", "?")):
            score *= 0.2
        if text[0].islower():  # what it began with was an address: only where nothing else is left
            score *= 0.001
        ranked.append(_Sentence(place, text, frozenset(line), score))
    return sorted(ranked, key=lambda one: (-one.score, one.place))


def _chosen(ranked: Sequence[_Sentence], most: int) -> list[_Sentence]:
    """From the best on, without those that say what a chosen one says."""
    chosen: list[_Sentence] = []
    for one in ranked:
        if len(chosen) == most:
            break
        if all(_alike(one.stems, other.stems) < _OVERLAP for other in chosen):
            chosen.append(one)
    return chosen


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 1.0
