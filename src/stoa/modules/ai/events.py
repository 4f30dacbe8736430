"""What happens to the money of models, and to what was asked of them for later."""

from typing import ClassVar, Literal
from uuid import UUID

from stoa.events.event import Event


class AiBudgetLow(Event):
    """Four fifths of a budget are spent. `scope` is `site`, `tier:<name>` or `user:<id>`; money in micro-dollars."""

    type: ClassVar[str] = "ai.budget_low"
    about: ClassVar[str] = "scope"

    scope: str
    period: Literal["day", "month"]
    limit_micros: int
    spent_micros: int


class AiBatchDone(Event):
    """Every item of a batch has ended: `done` were answered. It is `cancelled` where its owner wanted no more of it."""

    type: ClassVar[str] = "ai.batch_done"
    about: ClassVar[str] = "batch_id"

    batch_id: UUID
    user_id: UUID
    status: Literal["done", "cancelled"]
    done: int
    failed: int
    cancelled: int
