"""How many items came to what, in all and by kind. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Self

from .items import Row


class Tally:
    """Counts of a run; `as_json` is how a job keeps them."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.by_kind: dict[str, Counter[str]] = {}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What a job has kept."""
        made = cls()
        for name, value in kept.items():
            if name == "by_kind":
                made.by_kind = {kind: Counter(counts) for kind, counts in value.items()}
            else:
                made.outcomes[name] = value
        return made

    def add(self, row: Row) -> None:
        self.outcomes[row.outcome] += 1
        self.by_kind.setdefault(row.kind, Counter())[row.outcome] += 1

    def with_rows(self, rows: Iterable[Row]) -> "Tally":
        """What it is with those rows; it stays as it is itself."""
        made = Tally.of(self.as_json())
        for row in rows:
            made.add(row)
        return made

    def as_json(self) -> dict[str, Any]:
        """`{"imported": 2, "by_kind": {"article": {"imported": 2}}}`."""
        if not self.outcomes:
            return {}
        return {**self.outcomes, "by_kind": {kind: dict(counts) for kind, counts in self.by_kind.items()}}
