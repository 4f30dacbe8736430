"""How much a text looks like an attempt to take a model over, in two stages. Pure.

The first stage knows patterns and discounts what is quoted, denied, asked or written about such attempts. The second is
a linear model (`linear.py`) trained on public corpora and sentences of our own; `injection.json` carries its card. Both
look at the text as it stands, without its masks (leet, spaced letters), and at what is written in code within it.
Written for English, with some German, French, Spanish, Italian, Portuguese and Dutch.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from stoa.modules.ai.guards.decoding import hidden
from stoa.modules.ai.guards.linear import Linear
from stoa.modules.ai.guards.normalising import bare, plain

LONGEST: Final = 20_000
PATTERNS_HIGH: Final = 0.5
MODEL_NOTED: Final = 0.4
MODEL_LIKELY: Final = 0.2
MODEL_HIGH: Final = 0.85
_QUOTED: Final = re.compile(r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|'[^'\n]{3,400}'(?!\w)|`[^`\n]{1,400}`")
_SENTENCE: Final = re.compile(r"[^.!?\n]*$")
_BEFORE: Final = 200
_LONG: Final = 400


@dataclass(frozen=True, slots=True)
class Injection:
    """Scores from 0 to 1. `found` names the patterns that matched, the surest first."""

    patterns: float
    model: float
    found: tuple[str, ...]

    @property
    def is_noted(self) -> bool:
        """One stage is high: worth a line in the log, and enough to refuse where the tier is strict."""
        return self.patterns >= PATTERNS_HIGH or self.model >= MODEL_NOTED

    @property
    def is_likely(self) -> bool:
        """The patterns are high and the model does not contradict: enough to leave a passage out."""
        return self.patterns >= PATTERNS_HIGH and self.model >= MODEL_LIKELY

    @property
    def is_certain(self) -> bool:
        """Both stages are high: enough to refuse."""
        return self.patterns >= PATTERNS_HIGH and self.model >= MODEL_HIGH


def injection(given: str) -> Injection:
    """Of the first 20,000 characters."""
    text = given[:LONGEST]
    forms = list(dict.fromkeys([text, *_unmasked(text), *hidden(text)]))
    judged = [_patterns(form) for form in forms]
    weights: dict[str, float] = {}
    for found in judged:
        for name, weight in found.items():
            weights[name] = max(weight, weights.get(name, 0.0))
    model = max(_model().score(form) for form in forms)
    names = tuple(sorted(weights, key=lambda name: (-weights[name], name)))
    return Injection(round(max(map(_together, judged)), 3), round(model, 3), names)


def _unmasked(text: str) -> tuple[str, ...]:
    seen, without = plain(text).text, bare(text)
    return (without,) if without != seen else ()


def _together(found: Mapping[str, float]) -> float:
    left = 1.0
    for weight in found.values():
        left *= 1 - weight
    return 1 - left


def _patterns(given: str) -> dict[str, float]:
    """What matched, each with its weight after the discounts."""
    text = plain(given).text
    rules = _rules()
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    weights: dict[str, float] = {}
    for pattern in rules.patterns:
        for found in _first(pattern.form.finditer(text)):
            weight = pattern.weight
            if any(start < found.start() and found.end() < end for start, end in quoted):
                weight *= 0.35
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            if rules.denied.search(before):
                weight *= 0.3
            around = text if len(text) <= _LONG else before + text[found.start() : found.end() + _BEFORE]
            if rules.about.search(around):
                weight *= 0.45
            sentence = _SENTENCE.search(before)
            start = text[found.start() - len(sentence[0]) : found.end()] if sentence else found[0]
            if pattern.may_be_asked and rules.question.search(start):
                weight *= 0.5
            weights[pattern.name] = max(weight, weights.get(pattern.name, 0.0))
    return weights


def _first(found: Iterable[re.Match[str]]) -> Iterable[re.Match[str]]:
    return (one for _, one in zip(range(20), found, strict=False))


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    weight: float
    form: re.Pattern[str]
    may_be_asked: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    patterns: tuple[_Pattern, ...]
    about: re.Pattern[str]
    question: re.Pattern[str]
    denied: re.Pattern[str]


@cache
def _rules() -> _Rules:
    read: dict[str, Any] = tomllib.loads(files(__package__).joinpath("injection.toml").read_text(encoding="utf-8"))
    words: Mapping[str, str] = read["words"]

    def form(pattern: Mapping[str, Any]) -> re.Pattern[str]:
        filled = [re.sub(r"\{([a-z]+)\}", lambda name: words[name[1]], one) for one in pattern["any"]]
        return re.compile("|".join(rf"(?<![^\W\d_])(?:{one})" for one in filled))

    patterns = tuple(_Pattern(one["name"], one["weight"], form(one), one.get("asked", True)) for one in read["patterns"])
    about, question, denied = (re.compile(read["discounts"][name]) for name in ("about", "question", "denied"))
    return _Rules(patterns, about, question, denied)


@cache
def _model() -> Linear:
    return Linear.named("injection")
