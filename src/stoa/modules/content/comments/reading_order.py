"""A thread as it is read: each comment, then what answers it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

GAP = "deleted"


def in_reading_order(first: dict[str, Any], answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first comment and its answers, which come by time; gaps that nothing shown answers are left out.

    An answer whose parent is not among them follows the first comment.
    """
    known = {first["id"], *(one["id"] for one in answers)}
    below: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in answers:
        below[one["parent_id"] if one["parent_id"] in known else first["id"]].append(one)
    kept = _worth_showing([first, *answers], below)
    ordered: list[dict[str, Any]] = []
    waiting = [first]
    while waiting:
        one = waiting.pop()
        if one["id"] in kept:
            ordered.append(one)
            waiting += reversed(below[one["id"]])
    return ordered


def _worth_showing(every: Iterable[dict[str, Any]], below: dict[str, list[dict[str, Any]]]) -> set[str]:
    above = {child["id"]: parent for parent, children in below.items() for child in children}
    kept: set[str] = set()
    for one in every:
        step: str | None = one["id"] if one["status"] != GAP else None
        while step is not None and step not in kept:
            kept.add(step)
            step = above.get(step)
    return kept
