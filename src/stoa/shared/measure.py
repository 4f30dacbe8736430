"""What one request cost: statements and database time, kept in a context variable and told in `Server-Timing`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Cost:
    """Statements sent and seconds waited for them."""

    statements: int = 0
    seconds: float = 0.0


_cost: ContextVar[Cost | None] = ContextVar("cost", default=None)


def start_measuring() -> Cost:
    """Begin a fresh count for the running task and what it awaits."""
    cost = Cost()
    _cost.set(cost)
    return cost


@contextmanager
def count_statement() -> Iterator[None]:
    """Count one statement and the time spent inside the block."""
    cost = _cost.get()
    if cost is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        cost.statements += 1
        cost.seconds += time.perf_counter() - started


def add_statement() -> None:
    """Count one statement whose time is measured elsewhere."""
    cost = _cost.get()
    if cost is not None:
        cost.statements += 1
