"""Answers without a model: the sentences of the given passages that answer best, word for word, with sources. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from stoa.modules.ai.plain.text import content_words, is_content, sentences, stem, words

MOST: Final = 3
_LEAST: Final = 0.3
_NEAR_BEST: Final = 0.6
_LONGEST: Final = 600
_CODE_LINES: Final = 8
_LETTERS: Final = re.compile(r"[^\W\d_]|\s")
_NUMBERS_ASKED: Final = re.compile(
    r"\b(?:how (?:many|much|long|old|often|far|big|large)|when|what (?:time|year))\b", re.IGNORECASE
)
_WAY_ASKED: Final = re.compile(r"\bhow (?:do|can|would|should|does|to)\b", re.IGNORECASE)
_WAY: Final = re.compile(
    r"\b(?:you can|use|using|run|running|here's how|this works|works by|the (?:trick|solution|answer|fix))\b",
    re.IGNORECASE,
)


class Quotable(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Line:
    """`follows` are the lines of code behind a sentence that ends with a colon."""

    source: int
    place: int
    text: str
    stems: frozenset[str]
    follows: str


class PlainQuoter:
    """A `Quoter` of chat."""

    async def answer(self, question: str, passages: Sequence[Quotable]) -> str:
        """Up to three quotations, each with the [number] of its passage; empty where none says enough."""
        return quoted(question, passages)


def quoted(question: str, passages: Sequence[Quotable]) -> str:
    asked = {stem(word) for word in content_words(question)} or {stem(word) for word in words(question)}
    lines = [line for one in passages for line in _lines(one)]
    counts = Counter(word for line in lines for word in line.stems & asked)
    weights = {word: math.log1p(len(lines) / (1 + counts[word])) for word in asked}
    whole = sum(weights.values())
    if not whole or not lines:
        return ""
    about = {one.number: {stem(word) for word in content_words(f"{one.title} {one.heading}")} for one in passages}
    scored = sorted(
        (
            (_score(question, line, weights, about[line.source]) / whole, -place, line)
            for place, line in enumerate(lines)
        ),
        key=lambda one: one[:2],
        reverse=True,
    )
    best = scored[0][0]
    chosen = [line for score, _, line in scored if score >= max(_LEAST, _NEAR_BEST * best)][:MOST]
    chosen.sort(key=lines.index)
    return "\n\n".join(_said(line) for line in chosen)


def _score(question: str, line: _Line, weights: dict[str, float], about: set[str]) -> float:
    """What the line itself holds counts whole, what its title or heading says already a little less."""
    score = sum(weight if word in line.stems else 0.5 * weight for word, weight in weights.items()
                if word in line.stems or word in about)  # fmt: skip
    if not weights.keys() & line.stems:
        score *= 0.5
    if _NUMBERS_ASKED.search(question) and any(letter.isdigit() for letter in line.text):
        score *= 1.25
    if _WAY_ASKED.search(question) and (_WAY.search(line.text) or line.follows):
        score *= 1.15
    return score * (1 - 0.03 * min(line.place, 10)) * (1 - 0.02 * min(line.source, 10))


def _lines(one: Quotable) -> Iterator[_Line]:
    """Its sentences; lines that are code only behind a sentence that leads to them."""
    place = 0
    rows = one.text.split("\n")
    for at, row in enumerate(rows):
        if not _is_prose(row):
            continue
        said = sentences(row)
        for number, text in enumerate(said):
            follows = _code(rows[at + 1 :]) if number + 1 == len(said) and text.endswith(":") else ""
            place += 1
            if len(text) <= _LONGEST and not ('"' in text and ("“" in text or "”" in text)):
                yield _Line(one.number, place, text, frozenset(stem(word) for word in words(text)), follows)


def _code(rows: Sequence[str]) -> str:
    kept: list[str] = []
    for row in rows[:_CODE_LINES]:
        if _is_prose(row):
            break
        kept.append(row)
    return "\n".join(kept).rstrip()


def _is_prose(row: str) -> bool:
    found = words(row)
    if len(found) < 3 or row.startswith((" ", "\t")):
        return False
    letters = sum(1 for _ in _LETTERS.finditer(row[:_LONGEST]))
    return letters / len(row[:_LONGEST]) > 0.8 and any(not is_content(word) for word in found)


def _said(line: _Line) -> str:
    quote = f"“{line.text}”" if '"' in line.text else f'"{line.text}"'
    code = f"\n\n```\n{line.follows}\n```" if line.follows and "```" not in line.follows else ""
    return f"{quote} [{line.source}]{code}"
