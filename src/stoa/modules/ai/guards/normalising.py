"""Text as it is judged: the same letters for what looks the same, each with its place in what was written. Pure."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 50_000
_ALIKE: Final = str.maketrans(
    "\u0430\u0432\u0435\u0437\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u04cf\u0501\u051b"
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u0131\u0142\u00f8\u0251\u0261\u026a\u1d00\u0280\u028f",
    "abe3ijkmhopctyxsidqabeniknoptuxwiloagiary",
)  # fmt: skip
_LEET: Final = str.maketrans("013457@$!|+", "oieastasiit")
_SPACED: Final = re.compile(r"(?<!\w)\w(?:[ .,\-_*]{1,2}\w(?!\w)){3,40}")
_LETTER_BY_LETTER: Final = re.compile(r"(?<!\w)\w(?:[ .,\-_*]{1,3}\w(?!\w)){3,400}")
_GAPS: Final = re.compile(r"[ .,\-_*]+")
_RUN: Final = re.compile(r"(\w)\1+")
_TOKEN: Final = re.compile(r"(?<![\w@$!|+])[\w@$!|+]{2,60}")


@dataclass(frozen=True, slots=True)
class Normal:
    """`places[n]` is where the letter `text[n]` stands in what was given; `joined` are runs that were spaced."""

    text: str
    places: tuple[int, ...]
    joined: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From the first to behind the last of these letters, as they were written."""
        return self.places[start], self.places[end - 1] + 1


def plain(given: str) -> Normal:
    """Small letters without accents, marks that nobody sees and look-alikes; of 50,000 characters at most."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(given[:LONGEST]):
        for letter in unicodedata.normalize("NFKD", sign).casefold().translate(_ALIKE):
            if unicodedata.category(letter) in {"Mn", "Me", "Cf", "Cc"} and letter not in "\n\t":
                continue
            letters.append(letter)
            places.append(place)
    return Normal("".join(letters), tuple(places))


def bare(given: str) -> str:
    """`plain`, and numbers and signs within words as letters, spaced letters joined; wider gaps part their words."""
    text = plain(given).text
    joined = _LETTER_BY_LETTER.sub(lambda run: _GAPS.sub(lambda gap: " " if len(gap[0]) > 1 else "", run[0]), text)
    return _TOKEN.sub(lambda token: _read(token[0]), joined)


def _read(token: str) -> str:
    """`1d10t` as letters; numbers and words stay as they are."""
    word = token.rstrip("!|+$@")
    is_masked = any(letter.isalpha() for letter in word) and not word.isalpha()
    return word.translate(_LEET) + token[len(word) :] if is_masked else token


def unmasked(given: Normal) -> Normal:
    """Numbers and signs within words as the letters they stand for, spaced letters joined, stretched ones once."""
    letters = list(given.text)
    for token in _TOKEN.finditer(given.text):
        letters[token.start() : token.end()] = _read(token[0])
    text = "".join(letters)
    spaced = [found.span() for found in _SPACED.finditer(text)]
    keep = [True] * len(text)
    for start, end in spaced:
        keep[start:end] = [sign.isalnum() for sign in text[start:end]]
    for found in _RUN.finditer(text):
        keep[found.start() + 1 : found.end()] = [False] * (found.end() - found.start() - 1)
    kept = [at for at in range(len(text)) if keep[at]]
    joined = tuple((bisect_left(kept, start), bisect_left(kept, end)) for start, end in spaced)
    return Normal("".join(text[at] for at in kept), tuple(given.places[at] for at in kept), joined)


def squeezed(word: str) -> str:
    """A word as `unmasked` leaves it."""
    return _RUN.sub(r"\1", word)
