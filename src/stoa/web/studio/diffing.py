"""What saving one text over another would change, line by line. Pure, and bounded: see `MOST_LINES`."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from stoa.web.studio.contexts import DiffLine

MOST_LINES: Final = 800
"""Lines between the first and the last difference, in either text; comparing takes up to their square."""

CONTEXT: Final = 2
_GAP = DiffLine("gap")


def line_diff(before: str, after: str) -> tuple[DiffLine, ...] | None:
    """The changed lines with two lines around them; empty for the same text, None where there are too many."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return ()
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(old_middle), len(new_middle)) > MOST_LINES:
        return None
    return (
        *_ending(old[:head]),
        *_changes(old_middle, new_middle),
        *_beginning(old[len(old) - tail :]),
    )


def _changes(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    """The changed part, with what is the same in its middle cut short."""
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield from _middle(old[i1:i2])
        else:
            yield from (DiffLine("removed", line) for line in old[i1:i2])
            yield from (DiffLine("added", line) for line in new[j1:j2])


def _shared(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _same(lines: list[str]) -> list[DiffLine]:
    return [DiffLine("same", line) for line in lines]


def _ending(lines: list[str]) -> list[DiffLine]:
    return [*([_GAP] if len(lines) > CONTEXT else []), *_same(lines[-CONTEXT:])]


def _beginning(lines: list[str]) -> list[DiffLine]:
    return [*_same(lines[:CONTEXT]), *([_GAP] if len(lines) > CONTEXT else [])]


def _middle(lines: list[str]) -> list[DiffLine]:
    if len(lines) <= 2 * CONTEXT + 1:
        return _same(lines)
    return [*_same(lines[:CONTEXT]), _GAP, *_same(lines[-CONTEXT:])]
