"""How much a text looks like an attempt to take a model over, in two stages. Pure.

The first stage knows patterns and discounts what is quoted, denied, asked or written about such attempts. The second is
a linear model (`linear.py`) trained on public corpora and sentences of our own; `injection.json` carries its card. Both
look at the text as it stands, without its masks (leet, spaced letters), and at what is written in code within it.
Written for English, with some German, French, Spanish, Italian, Portuguese and Dutch.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
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
_WORD_BEGINS: Final = re.compile(r"(?<![^\W\d_])[a-z]{2}")
_MOST_MATCHES: Final = 200
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
    forms = [form for form in dict.fromkeys([text, _unmasked(text), *hidden(text)]) if form]
    judged: list[Mapping[str, float]] = [_patterns(form) for form in forms] or [{}]
    weights: dict[str, float] = {}
    for found in judged:
        for name, weight in found.items():
            weights[name] = max(weight, weights.get(name, 0.0))
    model = max((_model().score(form) for form in forms), default=0.0)
    names = tuple(sorted(weights, key=lambda name: (-weights[name], name)))
    return Injection(round(max(map(_together, judged)), 3), round(model, 3), names)


def _unmasked(text: str) -> str:
    """Its lines that wore a mask, without it."""
    lines = ((line, bare(line)) for line in text.splitlines())
    return "\n".join(without for line, without in lines if without != plain(line).text)


def _together(found: Mapping[str, float]) -> float:
    left = 1.0
    for weight in found.values():
        left *= 1 - weight
    return 1 - left


def _patterns(given: str) -> dict[str, float]:
    """What matched, each with its weight after the discounts."""
    text = plain(given).text
    rules = _rules()
    weights: dict[str, float] = {}
    quoted = None
    for pattern, found in islice(_matches(text, rules), _MOST_MATCHES):
        quoted = quoted or [one.span() for one in _QUOTED.finditer(text)]
        weight = pattern.weight * _discount(text, found, pattern, rules, quoted)
        weights[pattern.name] = max(weight, weights.get(pattern.name, 0.0))
    return weights


def _discount(
    text: str, found: re.Match[str], pattern: "_Pattern", rules: "_Rules", quoted: list[tuple[int, int]]
) -> float:
    left = 1.0
    if any(start < found.start() and found.end() < end for start, end in quoted):
        left *= 0.35
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    if rules.denied.search(before):
        left *= 0.3
    around = text if len(text) <= _LONG else before + text[found.start() : found.end() + _BEFORE]
    if rules.about.search(around):
        left *= 0.45
    if pattern.may_be_asked and rules.question.search(_sentence(before) + found[0]):
        left *= 0.5
    return left


def _sentence(before: str) -> str:
    """What stands of the sentence that has begun."""
    return re.split(r"[.!?\n]", before)[-1]


def _matches(text: str, rules: "_Rules") -> Iterator[tuple["_Pattern", re.Match[str]]]:
    """Forms are tried where a word begins with two letters of theirs; the few that begin otherwise, everywhere."""
    for pattern in rules.anywhere:
        for found in pattern.form.finditer(text):
            yield pattern, found
    for word in _WORD_BEGINS.finditer(text):
        for pattern in rules.by_letters.get(word[0], ()):
            match = pattern.form.match(text, word.start())
            if match is not None:
                yield pattern, match


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    weight: float
    form: re.Pattern[str]
    may_be_asked: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    by_letters: Mapping[str, Sequence[_Pattern]]
    anywhere: Sequence[_Pattern]
    about: re.Pattern[str]
    question: re.Pattern[str]
    denied: re.Pattern[str]


@cache
def _rules() -> _Rules:
    read: dict[str, Any] = tomllib.loads(files(__package__).joinpath("injection.toml").read_text(encoding="utf-8"))
    words: Mapping[str, str] = read["words"]
    by_letters: dict[str, list[_Pattern]] = {}
    anywhere = []
    for one in read["patterns"]:
        for form in one["any"]:
            filled = re.sub(r"\{([a-z]+)\}", lambda name: words[name[1]], form)
            letters = _first_letters(filled)
            compiled = re.compile(filled if letters else rf"(?<![^\W\d_])(?:{filled})")
            pattern = _Pattern(one["name"], one["weight"], compiled, one.get("asked", True))
            if not letters:
                anywhere.append(pattern)
            for two in letters:
                by_letters.setdefault(two, []).append(pattern)
    about, question, denied = (re.compile(read["discounts"][name]) for name in ("about", "question", "denied"))
    return _Rules(by_letters, anywhere, about, question, denied)


def _first_letters(form: str) -> set[str]:
    """The two letters that its matches may begin with; none where one may begin otherwise."""
    letters = {first[:2] for first in _alternatives(form)}
    return letters if all(_WORD_BEGINS.fullmatch(two) for two in letters) else set()


def _alternatives(form: str) -> list[str]:
    """Of the group it begins with, or the form itself."""
    if not form.startswith("(?:"):
        return [form]
    depth, begun, found = 1, 3, []
    for at in range(3, len(form)):
        depth += {"(": 1, ")": -1}.get(form[at], 0)
        if depth == 0 or (depth == 1 and form[at] == "|"):
            found += _alternatives(form[begun:at])
            begun = at + 1
        if depth == 0:
            return found if form[at + 1 : at + 2] not in {"?", "*", "{"} else [""]
    return found


@cache
def _model() -> Linear:
    return Linear.named("injection")
