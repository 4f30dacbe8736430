"""How a text treats people: scores for each kind from words and phrases, with what they were found by. Pure.

Written for English. Nobody is judged by a single coarse word: what is said to or of somebody counts, and it can be
unmasked first (look-alikes, 1d10t, i d i o t, idiiiot). A machine's word only makes a text wait for a person.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal
from zlib import crc32

from stoa.modules.ai.guards.normalising import Normal, plain, squeezed, unmasked

Kind = Literal["insult", "threat", "hate", "sexual", "profanity", "spam"]
KINDS: Final[tuple[Kind, ...]] = ("insult", "threat", "hate", "sexual", "profanity", "spam")
HOLDS: Final = 0.8
_WEIGHTS: Final[Mapping[str, float]] = {
    "insult": 0.85, "threat": 0.95, "hate": 0.95, "sexual": 0.85, "profanity": 0.35, "spam": 0.45,
}  # fmt: skip
_ALONE: Final[Mapping[str, float]] = {"insult": 0.4, "sexual": 0.6, "profanity": 0.3}
_SLUR: Final = 0.85
_BEFORE: Final = 30
_BEHIND: Final = 12
_SHORT: Final = 25
_LONG_WORD: Final = 5
_LEAST: Final = 4
_MOST_TERMS: Final = 50
_QUOTED: Final = re.compile(r"[\"“”«»][^\"“”«»\n]{0,300}[\"“”«»]|^>.*$", re.MULTILINE)
_DENIED: Final = re.compile(
    r"\b(?:not|never|isn't|aren't|wasn't|no|cal+ed (?:me|him|her|them)|cal+ing (?:me|him|her|them)|cal+ me)\b"
    r"[^.!?\n]{0,20}$"
)
_LINK: Final = re.compile(r"https?://\S{3,}|\bwww\.\S{3,}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_REASONS: Final[Mapping[Kind, str]] = {
    "insult": "It insults somebody",
    "threat": "It threatens somebody",
    "hate": "It is hateful towards a group",
    "sexual": "It is sexually explicit",
    "profanity": "It is full of coarse words",
    "spam": "It looks like advertising nobody asked for",
}


@dataclass(frozen=True, slots=True)
class Term:
    """Found at `[start:end]` of the text as it was given."""

    text: str
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Toxicity:
    """Scores from 0 to 1. `reason` is empty where the verdict is `ok`."""

    kinds: Mapping[Kind, float]
    terms: tuple[Term, ...]
    verdict: Literal["ok", "hold"]
    reason: str

    @property
    def score(self) -> float:
        return max(self.kinds.values())


@dataclass(frozen=True, slots=True)
class _Found:
    term: Term
    weight: float


def toxicity(given: str) -> Toxicity:
    """Of the first 50,000 characters."""
    seen = plain(given)
    quoted = [found.span() for found in _QUOTED.finditer(given)]
    found = {
        (one.term.kind, one.term.start): one
        for form, is_unmasked in ((unmasked(seen), True), (seen, False))
        for one in _matches(given, form, is_unmasked=is_unmasked)
    }
    kinds: dict[Kind, float] = dict.fromkeys(KINDS, 0.0)
    for one in found.values():
        is_quoted = any(start <= one.term.start < end for start, end in quoted)
        kinds[one.term.kind] = _joined(kinds[one.term.kind], one.weight * (0.4 if is_quoted else 1))
    kinds["spam"] = _joined(kinds["spam"], _shape(given))
    rounded = {kind: round(score, 3) for kind, score in kinds.items()}
    over = [kind for kind in KINDS if rounded[kind] >= HOLDS]
    terms = sorted((one.term for one in found.values()), key=lambda term: (term.start, term.end))[:_MOST_TERMS]
    reason = ". ".join(_REASONS[kind] for kind in sorted(over, key=lambda kind: -rounded[kind]))
    return Toxicity(rounded, tuple(terms), "hold" if over else "ok", f"{reason}." if reason else "")


def _matches(given: str, form: Normal, *, is_unmasked: bool) -> Iterator[_Found]:
    lists = _lists(is_unmasked)
    for kind, pattern in lists.phrases.items():
        for found in pattern.finditer(form.text):
            if found.end() > found.start():
                yield _Found(_term(given, form, found, kind), _WEIGHTS[kind])
    for kind, pattern in lists.words.items():
        for found in pattern.finditer(form.text):
            weight = _weight(form.text, found, kind, lists)
            if weight:
                yield _Found(_term(given, form, found, kind), weight)
    if is_unmasked:
        yield from _slurs_in(given, form)
        yield from _spaced_in(given, form, lists)


def _weight(text: str, found: re.Match[str], kind: Kind, lists: "_Lists") -> float:
    """Of a word: more where it is said to or of somebody, nothing where it is denied."""
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    if _DENIED.search(before):
        return 0.0
    behind = text[found.end() : found.end() + _BEHIND]
    is_said_to = len(text) <= _SHORT or bool(lists.people.search(before) or lists.people.search(behind))
    return _WEIGHTS[kind] if is_said_to else _ALONE[kind]


def _slurs_in(given: str, form: Normal) -> Iterator[_Found]:
    for found in _WORD.finditer(form.text):
        if len(found[0]) >= _LEAST and crc32(found[0].encode()) in _slurs():
            yield _Found(_term(given, form, found, "hate"), _SLUR)


def _spaced_in(given: str, form: Normal, lists: "_Lists") -> Iterator[_Found]:
    for start, end in form.joined:
        for kind, within in lists.within.items():
            for found in within.finditer(form.text, start, end):
                yield _Found(_term(given, form, found, kind), _WEIGHTS[kind])


def _term(given: str, form: Normal, found: re.Match[str], kind: Kind) -> Term:
    start, end = form.span(*found.span())
    return Term(given[start:end], kind, start, end)


def _joined(score: float, more: float) -> float:
    """Several small ones add up, and never to more than 1."""
    return 1 - (1 - score) * (1 - more)


def _shape(given: str) -> float:
    """How much a text looks like spam whatever it says: links, shouting, the same again and again."""
    words = _WORD.findall(given[:20_000])
    links = len(_LINK.findall(given[:20_000]))
    score = 0.0
    if links >= 3:
        score = _joined(score, min(0.6, 0.2 * (links - 1)) * min(1.0, 12 * links / max(1, len(words))))
    elif links and len(words) <= 4 + 4 * links:
        score = _joined(score, 0.3)
    letters = "".join(words)
    if len(letters) >= 30 and sum(letter.isupper() for letter in letters) / len(letters) > 0.7:
        score = _joined(score, 0.4)
    if given.count("!") >= 5 or "!!!" in given:
        score = _joined(score, 0.2)
    if len(words) >= 30 and len(set(words)) / len(words) < 0.25:
        score = _joined(score, 0.5)
    return score


@dataclass(frozen=True, slots=True)
class _Lists:
    phrases: Mapping[Kind, re.Pattern[str]]
    words: Mapping[Kind, re.Pattern[str]]
    within: Mapping[Kind, re.Pattern[str]]
    people: re.Pattern[str]


@cache
def _lists(is_unmasked: bool) -> _Lists:
    read: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))

    def seen(listed: str) -> list[str]:
        """Without those that would look like another word: `ass` squeezed is `as`."""
        forms = {squeezed(one) if is_unmasked else one for one in listed.split()}
        return sorted(one for one in forms if len(one) >= _LEAST or not is_unmasked)

    phrases = {
        kind: re.compile("|".join(rf"(?<!\w)(?:{_phrase(one, is_unmasked)})(?!\w)" for one in read[kind]["phrases"]))
        for kind in KINDS
        if "phrases" in read[kind]
    }
    words = {
        kind: re.compile(rf"(?<!\w)(?:{'|'.join(seen(read[kind]['words']))})(?!\w)")
        for kind in KINDS
        if "words" in read[kind]
    }
    within = {
        kind: re.compile("|".join(one for one in seen(_masked(read[kind])) if len(one) >= _LONG_WORD)) for kind in words
    }
    return _Lists(phrases, words, within, re.compile(rf"(?<!\w)(?:{read['people']['you']})(?!\w)"))


@cache
def _slurs() -> frozenset[int]:
    """Made by `make guards-model`; the file carries its card."""
    return frozenset(json.loads(files(__package__).joinpath("slurs.json").read_text(encoding="utf-8"))["words"])


def _masked(listed: Mapping[str, str]) -> str:
    """Words that count where their letters are spaced: whoever does that means them."""
    return f"{listed['words']} {listed.get('masked', '')}"


def _phrase(pattern: str, is_unmasked: bool) -> str:
    """The letters of its words as they are seen; what belongs to the pattern's own language stays."""
    if not is_unmasked:
        return pattern
    return re.sub(r"(?<!\\)\b[a-z]{2,}", lambda found: squeezed(found[0]), pattern)
