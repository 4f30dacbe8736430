"""What was used, by whom and for how much, and what is left. Reads only."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from stoa.modules.ai.usage import queries
from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import ReadSession
from stoa.shared.errors import InvalidInput

_DAYS: Final = timedelta(days=29)
_LONGEST: Final = timedelta(days=400)
_COLUMNS: Final = (
    "name", "calls", "failures", "fallbacks", "unpriced", "input_tokens", "cached_input_tokens", "output_tokens",
    "cost_micro_usd", "average_ms",
)  # fmt: skip
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Days:
    """Both ends included, UTC."""

    since: date
    until: date

    @classmethod
    def asked(cls, since: date | None, until: date | None, today: date) -> "Days":
        """The last 30 days where nothing is said. Raises InvalidInput for an end before the beginning, or too long."""
        end = until or max(today, since or today)
        begin = since or max(end, date.min + _DAYS) - _DAYS
        if begin > end:
            raise InvalidInput("The first day (from_date) must not lie after the last (to_date).")
        if end - begin >= _LONGEST:
            raise InvalidInput(f"Ask for at most {_LONGEST.days} days at once.")
        return cls(begin, end)


class UsageReads:
    def __init__(self, reads: ReadSession, clock: Clock = utc_now) -> None:
        self._reads = reads
        self._clock = clock

    async def sums(self, days: Days, group: str, user_id: UUID | None = None) -> dict[str, Any]:
        """The whole and its parts; of everybody without `user_id`."""
        values: dict[str, object] = {"since": days.since, "until": days.until}
        if user_id is not None:
            values["user_id"] = user_id
        found = await self._reads.fetch_value(queries.sums(group, of_one=user_id is not None), **values)
        told: dict[str, Any] = orjson.loads(found)
        return {"from_date": days.since.isoformat(), "to_date": days.until.isoformat(), "by": group, **told}

    async def budgets(self, user_id: UUID, tier: str) -> list[dict[str, Any]]:
        """What limits this person now, and when it begins anew."""
        today = self._clock().date()
        first = today.replace(day=1)
        found = await self._reads.fetch_value(queries.BUDGETS, user_id=str(user_id), day=today, month=first, tier=tier)
        budgets: list[dict[str, Any]] = orjson.loads(found)
        ends = {"day": today + timedelta(days=1), "month": (first + timedelta(days=32)).replace(day=1)}
        return [{**one, "resets_at": _midnight(ends[one["period"]])} for one in budgets]

    async def calls(self, user_id: UUID, limit: int, after: UUID | None) -> tuple[list[str], UUID | None]:
        """Single calls as JSON, newest first, and where the next page begins."""
        values: dict[str, object] = {"user_id": user_id}
        if after is not None:
            values["last_id"] = after
        rows = await self._reads.fetch(queries.calls(after=after is not None, limit=limit), **values)
        return [row["item"] for row in rows[:limit]], rows[limit - 1]["last_id"] if len(rows) > limit else None

    async def owner_of_open_call(self, call_id: UUID) -> UUID | None:
        owner: UUID | None = await self._reads.fetch_value(queries.OWNER_OF_CALL, id=call_id)
        return owner

    async def health(self) -> dict[str, dict[str, Any]]:
        """By provider: calls of the last hour, success, fallback, latency, and the same of each of its `features`."""
        told: list[dict[str, Any]] = orjson.loads(await self._reads.fetch_value(queries.HEALTH))
        wholes = {one["provider"]: {**one, "features": []} for one in told if one["feature"] is None}
        for one in told:
            if one["feature"] is not None:
                wholes[one["provider"]]["features"].append(one)
        return wholes

    async def ever(self) -> dict[str, Any]:
        """`sums` by feature, provider and model since the site began, and how many calls are `open` now."""
        told: dict[str, Any] = orjson.loads(await self._reads.fetch_value(queries.EVER))
        return told


def as_csv(told: dict[str, Any]) -> str:
    """One line for each part. No cell begins as a formula would, whatever a model is called."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((told["by"], *_COLUMNS[1:]))
    for item in told["items"]:
        writer.writerow([_plain(item[column]) for column in _COLUMNS])
    return out.getvalue()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat()
