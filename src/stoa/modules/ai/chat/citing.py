"""Checks the citations of an answer while it streams: only what has a source keeps its number.

A number that no source has is dropped, and so is one behind a quotation that does not stand in its source. Pure.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Protocol

from stoa.modules.ai.chat.grounding import Passage

_FENCE: Final = "```"
_LONGEST: Final = 40
_LOOKS_BACK: Final = 2_000
_SHORTEST_QUOTE: Final = 12
_NUMBERS: Final = re.compile(r"\s*\d{1,4}(?:\s*[,;]\s*\d{1,4})*\s*")
_BRACKET: Final = re.compile(r"\[[^\[\]]*\]")
_BEGINS: Final = re.compile(r"\[[\d\s,;]*")
_MARK: Final = re.compile(r"\[\d+\]")
_QUOTES: Final = re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|„([^“”\n]+)[“”]|«([^»\n]+)»|»([^«\n]+)«")
_SAME: Final = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")


class StreamFilter(Protocol):
    """Takes an answer piece by piece and gives what may be said of it; what it gave stays said."""

    def feed(self, text: str) -> str:
        """What may be said now; the rest is held back."""

    def finish(self) -> str:
        """What was still held back, where it may be said."""


class CitationCheck:
    """A `StreamFilter`. Holds back from an opening bracket until it is known whether a citation stands in it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = {one.number: _plain(one.text) for one in passages}
        self._held = ""
        self._said = ""
        self._line = ""
        self._is_fenced = False

    def feed(self, text: str) -> str:
        self._held += text
        given = []
        while (open_ := self._held.find("[")) >= 0:
            given.append(self._say_up_to(open_))
            blanks, rest = self._held[: -len(self._held.lstrip(" "))], self._held.lstrip(" ")
            found = _BRACKET.match(rest)
            if found is None and _BEGINS.fullmatch(rest) and len(rest) <= _LONGEST:
                return "".join(given)
            if found is None:  # no citation: a bracket as any other
                given.append(self._say(blanks + rest[0]))
                self._held = rest[1:]
                continue
            checked = self._checked(found.group())
            given.append(self._say(blanks + checked if checked else ""))
            self._held = rest[found.end() :]
        given.append(self._say_up_to(len(self._held)))
        return "".join(given)

    def finish(self) -> str:
        held, self._held = self._held, ""
        return self._say(held)

    def _say_up_to(self, end: int) -> str:
        """All but the last blanks, which go with what follows: where a number is dropped, they are too."""
        bare = len(self._held[:end].rstrip(" "))
        said, self._held = self._held[:bare], self._held[bare:]
        return self._say(said)

    def _say(self, text: str) -> str:
        *ended, self._line = (self._line + text).split("\n")
        self._is_fenced ^= sum(line.lstrip().startswith(_FENCE) for line in ended) % 2 == 1
        self._said = (self._said + text)[-_LOOKS_BACK:]
        return text

    def _checked(self, bracket: str) -> str:
        if self._is_code or not _NUMBERS.fullmatch(bracket[1:-1]):
            return bracket
        numbers = [int(number) for number in re.findall(r"\d+", bracket)]
        return "".join(f"[{number}]" for number in dict.fromkeys(numbers) if self._holds(number))

    @property
    def _is_code(self) -> bool:
        """There a number in brackets is a place in a list."""
        return self._is_fenced or self._line.count("`") % 2 == 1

    def _holds(self, number: int) -> bool:
        text = self._texts.get(number)
        if text is None:
            return False
        quote = _last_quote(self._said)
        return quote is None or all(part in text for part in quote)


def _last_quote(said: str) -> list[str] | None:
    """The parts of the quotation that this citation stands for: in its own line, behind the citation before it."""
    line = said.rpartition("\n")[2]
    behind = _MARK.sub("\0", line).rstrip("\0 ").rpartition("\0")[2]
    found = [next(part for part in match.groups() if part) for match in _QUOTES.finditer(behind)]
    if not found or len(found[-1]) < _SHORTEST_QUOTE:
        return None
    parts = (_plain(part).strip(" .,;:!?") for part in re.split(r"\[?(?:…|\.\.\.)\]?", found[-1]))
    return [part for part in parts if part]


def _plain(text: str) -> str:
    """Letters as they are compared: no matter of case, of blanks, of curly quotes."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).casefold().split())
