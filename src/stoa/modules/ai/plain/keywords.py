"""What a text is about, in its own words: single words and phrases, and which of the known tags fit. Pure."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from stoa.modules.ai.plain.text import headings, is_content, prose, stem, words

_MOST_WORDS: Final = 3
_PART: Final = re.compile(r"[,;:!?()\[\]{}\"\u201c\u201d«»…/|]|\.(?=\s|$)|\s[-\u2013]\s|\u2014")
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019+#.-][^\W_]+)*")
_TITLE_WEIGHT: Final = 3


def keywords(markdown: str, most: int, title: str = "") -> list[str]:
    """The weightiest phrases of one to three words, as they are mostly written; none within another."""
    counts: Counter[tuple[str, ...]] = Counter()
    written: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    weighted = [(prose(markdown), 1), *((line, _TITLE_WEIGHT) for line in (title, *headings(markdown)) if line)]
    for text, weight in weighted:
        for phrase in _phrases(text):
            key = tuple(stem(word.casefold()) for word in phrase)
            counts[key] += weight
            written[key][" ".join(phrase)] += 1
    ranked = sorted(counts, key=lambda key: (-counts[key] * (1 + math.log(len(key))), key))
    chosen: list[tuple[str, ...]] = []
    for key in ranked:
        if len(chosen) == most:
            break
        if counts[key] > 1 and not any(set(key) & set(other) for other in chosen):
            chosen.append(key)
    return [_usual(written[key]) for key in chosen]


def fitting_tags(markdown: str, known: Sequence[str], most: int, title: str = "") -> list[str]:
    """Of the `known` ones those whose words the text uses, the most used first."""
    counts = Counter(stem(word) for word in words(prose(markdown)))
    for line in (title, *headings(markdown)):
        for word in words(line):
            counts[stem(word)] += _TITLE_WEIGHT
    found = {tag: min(counts[stem(word)] for word in words(tag)) for tag in known if words(tag)}
    return sorted((tag for tag in found if found[tag] > 1), key=lambda tag: (-found[tag], tag))[:most]


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of words that carry meaning, up to three long, and every part of one."""
    for part in _PART.split(text):
        run: list[str] = []
        for word in [*_WORD.findall(part), ""]:
            if is_content(word.casefold()) and not word.isdigit():
                run.append(word)
                continue
            for length in range(1, _MOST_WORDS + 1):
                yield from (tuple(run[at : at + length]) for at in range(len(run) - length + 1))
            run = []


def _usual(ways: Counter[str]) -> str:
    return min(ways, key=lambda way: (-ways[way], way))
