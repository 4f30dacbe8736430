"""What changed between two texts, line by line, in one column or two. Pure, and bounded: see `MOST_LINES`."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, takewhile, zip_longest
from typing import Final, Literal

MOST_LINES: Final = 800
"""Lines between the first and the last difference, in either text; comparing takes up to their square."""

CONTEXT: Final = 2
Kind = Literal["same", "changed", "added", "removed", "gap"]
_Op = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison; a gap stands for lines that are the same and left out."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line before beside the line after; the numbers begin at 1. A gap stands for lines that are left out."""

    kind: Kind
    before_line: int | None = None
    before: str | None = None
    after_line: int | None = None
    after: str | None = None


def line_diff(before: str, after: str) -> tuple[DiffLine, ...] | None:
    """The changed lines with two lines around them; empty for the same text, None where there are too many."""
    rows = side_by_side(before, after)
    return None if rows is None else tuple(_in_one_column(rows))


def side_by_side(before: str, after: str) -> tuple[DiffRow, ...] | None:
    """Both texts in two columns: the changed lines with two around them; empty for the same text, None as above."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return ()
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(old_middle), len(new_middle)) > MOST_LINES:
        return None
    middle: list[_Op] = [
        (kind, i1 + head, i2 + head, j1 + head, j2 + head)
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, old_middle, new_middle).get_opcodes()
    ]
    end: _Op = ("equal", len(old) - tail, len(old), len(new) - tail, len(new))
    return tuple(_shortened(list(_rows([("equal", 0, head, 0, head), *middle, end], old, new))))


def _rows(ops: list[_Op], old: list[str], new: list[str]) -> Iterator[DiffRow]:
    for kind, i1, i2, j1, j2 in ops:
        before = [(number + 1, old[number]) for number in range(i1, i2)]
        after = [(number + 1, new[number]) for number in range(j1, j2)]
        for one, other in zip_longest(before, after, fillvalue=(None, None)):
            yield DiffRow(_kind(kind, one[0], other[0]), *one, *other)


def _kind(op: str, before: int | None, after: int | None) -> Kind:
    if op == "equal":
        return "same"
    return "added" if before is None else "removed" if after is None else "changed"


def _shared(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shortened(rows: list[DiffRow]) -> Iterator[DiffRow]:
    """What is the same is cut down to what is near a change."""
    runs = [(same, list(run)) for same, run in groupby(rows, lambda row: row.kind == "same")]
    for place, (same, run) in enumerate(runs):
        above = CONTEXT if place > 0 else 0
        below = CONTEXT if place < len(runs) - 1 else 0
        spared = 1 if above and below else 0  # a gap in the place of one line saves nothing
        if not same or len(run) <= above + below + spared:
            yield from run
        else:
            yield from (*run[:above], DiffRow("gap"), *run[len(run) - below :])


def _in_one_column(rows: tuple[DiffRow, ...]) -> Iterator[DiffLine]:
    for kind, run in groupby(rows, lambda row: row.kind if row.kind in {"same", "gap"} else "changed"):
        lines = list(run)
        if kind == "changed":
            yield from (DiffLine("removed", row.before) for row in lines if row.before is not None)
            yield from (DiffLine("added", row.after) for row in lines if row.after is not None)
        else:
            yield from (DiffLine("gap" if kind == "gap" else "same", row.before or "") for row in lines)
