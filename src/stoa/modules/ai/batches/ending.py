"""What becomes of an item once its call came to an end: answered, refused, or put back until it may be asked. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import orjson

from stoa.modules.ai.errors import BudgetSpent, LimitReached
from stoa.shared.errors import StoaError, TooManyRequests, Unavailable

LONGEST_WAIT: Final = timedelta(hours=1)
LONGEST_LIFE: Final = timedelta(hours=24)
"""After that nothing of a batch waits any more."""
_SOON: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Ending:
    """`result` and `error` are JSON. `due_at` of what is queued again; `holds_all`: the batch's others wait as long."""

    status: Literal["done", "failed", "cancelled", "queued"]
    result: str | None = None
    error: str | None = None
    due_at: datetime | None = None
    holds_all: bool = False
    was_begun: bool = False


CANCELLED: Final = Ending("cancelled")


def refused(fault: StoaError, created_at: datetime, now: datetime) -> Ending:
    """Put back where it may be asked within the hour, of a batch that is not a day old; else failed in its words."""
    wait = _wait(fault)
    if wait is None or wait > LONGEST_WAIT or now + wait > created_at + LONGEST_LIFE:
        return failed(fault)
    return Ending("queued", due_at=now + wait, holds_all=isinstance(fault, LimitReached))


def failed(fault: StoaError) -> Ending:
    """With the problem document that the single call answers with."""
    problem: dict[str, Any] = {
        **fault.extra,
        "type": f"/docs/problems#{fault.code}",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.detail,
    }
    return Ending("failed", error=orjson.dumps(problem).decode())


def _wait(fault: StoaError) -> timedelta | None:
    match fault:
        case Unavailable():
            return _SOON
        case BudgetSpent() if fault.extra["spent_micro_usd"] + fault.extra["needed_micro_usd"] <= _limit(fault):
            return _SOON  # only what others have reserved is in the way, and is settled within moments
        case TooManyRequests():
            return timedelta(seconds=fault.retry_after)
    return None


def _limit(fault: BudgetSpent) -> int:
    limit: int = fault.extra["limit_micro_usd"]
    return limit
