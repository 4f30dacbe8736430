"""What happens to the money of models."""

from typing import ClassVar, Literal

from stoa.events.event import Event


class AiBudgetLow(Event):
    """Four fifths of a budget are spent. `scope` is `site`, `tier:<name>` or `user:<id>`; money in micro-dollars."""

    type: ClassVar[str] = "ai.budget_low"
    about: ClassVar[str] = "scope"

    scope: str
    period: Literal["day", "month"]
    limit_micros: int
    spent_micros: int
