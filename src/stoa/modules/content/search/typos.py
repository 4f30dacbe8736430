"""Typing errors: how far two words are apart, and a search with its unknown words replaced. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_WORDS = 6  # of a search
MOST_TRIED = 5  # for each of them
SHORTEST, LONGEST = 3, 30
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that readers would find, and in about how many articles it stands."""

    word: str
    article_count: int


def typed_words(search: str) -> list[str]:
    """The words of a search that may be mended: letters only, not the ones it excludes, and no `or`."""
    wanted = _without_excluded(search)
    found = (word for word in _WORD.findall(wanted) if SHORTEST <= len(word) <= LONGEST)
    return [word for word in dict.fromkeys(found) if word.lower() != "or"][:MOST_WORDS]


def by_nearness(folded: str, candidates: Iterable[Candidate]) -> list[tuple[int, Candidate]]:
    """The candidates that are near, with their slips: the nearest first, of equally near ones the more frequent."""
    allowed = 1 if len(folded) < 6 else 2
    counted = ((slips(folded, candidate.word, most=allowed), candidate) for candidate in candidates)
    near = [(count, candidate) for count, candidate in counted if count <= allowed]
    return sorted(near, key=lambda one: (one[0], -one[1].article_count, one[1].word))


def meant(near: Sequence[tuple[int, Candidate]]) -> tuple[str, ...]:
    """The first of these, and the second where it is as near and not much rarer."""
    if len(near) > 1 and near[0][0] == near[1][0] and near[1][1].article_count * 10 >= near[0][1].article_count:
        return near[0][1].word, near[1][1].word
    return tuple(candidate.word for _, candidate in near[:1])


def replaced(search: str, corrections: Mapping[str, str]) -> str:
    """The search with these words replaced, and everything else (quotes, `-`, `or`) as it was."""
    return _WORD.sub(lambda found: corrections.get(found[0], found[0]), search)


def slips(one: str, other: str, *, most: int) -> int:
    """Letters changed, left out, put in or swapped with their neighbour; `most + 1` when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and (not before or min(before) > most):
            return most + 1
    return min(row[-1], most + 1)


def _without_excluded(search: str) -> str:
    return re.sub(r'(?:(?<=\s)|^)-(?:"[^"]*"?|\S+)', " ", search)
