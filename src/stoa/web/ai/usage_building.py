"""Turns sums, budgets and calls into what the pages of usage show. Pure but for the address it is given."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from stoa.modules.ai.usage.reading import Days
from stoa.web.ai.charts import Measure, day_chart, measure_of, share, value_of
from stoa.web.ai.figures import amount, lasted, money, short_day
from stoa.web.ai.usage_contexts import BudgetBar, CallRow, UsageLine, UsageView, WayLink

LOW_SHARE: Final = 80
_GROUPS: Final = {"day": "Days", "feature": "Features", "model": "Models", "provider": "Providers", "user": "People"}
_FIRST: Final = {"user": "Person"}
_SCOPES: Final = {"user": "You", "tier": "Everybody of your tier", "site": "The whole site"}
_PERIODS: Final = {"day": "today", "month": "this month"}
_LENGTHS: Final = (7, 30, 90)


def usage_view(told: Mapping[str, Any], here: str, csv: str, groups: Sequence[str], today: date) -> UsageView:
    """The answer of `UsageReads.sums`, as it is shown at `here`; `csv` is the address of the same as a table."""
    days = Days(date.fromisoformat(told["from_date"]), date.fromisoformat(told["to_date"]))
    by, total, items = told["by"], told["total"], told["items"]
    measure = measure_of(total)
    top = max((value_of(item, measure) for item in items), default=0)
    lines = [_line(item["name"], item, measure, top, by) for item in items]
    return UsageView(
        period=f"{_day(days.since)} to {_day(days.until)}",
        total=_line("", total, measure, top, "whole"),
        unpriced=total["unpriced"],
        by=by,
        first=_FIRST.get(by, by.capitalize()),
        lines=tuple(reversed(lines) if by == "day" else lines),
        chart=day_chart(days.since, days.until, items, measure) if by == "day" else None,
        groups=tuple(WayLink(_GROUPS[one], address(here, days, one), one == by) for one in groups),
        periods=tuple(_periods(here, days, by, today)),
        csv_url=f"{address(csv, days, by)}&format=csv",
    )


def address(path: str, days: Days, by: str, **more: str) -> str:
    """Where these days are shown so."""
    query = {"by": by, "from_date": days.since.isoformat(), "to_date": days.until.isoformat(), **more}
    return f"{path}?{urlencode(query)}"


def budget_bar(one: Mapping[str, Any], label: str = "") -> BudgetBar:
    """A budget with what is left of it."""
    limit, spent, reserved = one["limit_micro_usd"], one["spent_micro_usd"], one["reserved_micro_usd"]
    spent_share = share(spent, limit)
    return BudgetBar(
        label=label or f"{_SCOPES[one['scope']]}, {_PERIODS[one['period']]}",
        spent=amount(spent),
        reserved=amount(reserved) if reserved else "",
        limit=amount(limit),
        left=amount(one["left_micro_usd"]),
        spent_share=spent_share,
        reserved_share=round(min(share(reserved, limit), 100 - spent_share), 1),
        resets_at=datetime.fromisoformat(one["resets_at"]),
        is_low=100 * (spent + reserved) >= LOW_SHARE * limit,
        is_spent=one["left_micro_usd"] == 0,
    )


def call_row(one: Mapping[str, Any]) -> CallRow:
    target = f"{one['provider']}/{one['model']}" if one["provider"] and one["model"] else one["asked_model"]
    return CallRow(
        when=datetime.fromisoformat(one["created_at"]),
        feature=one["feature"],
        target=target,
        input_tokens=one["input_tokens"],
        output_tokens=one["output_tokens"],
        cost="" if one["status"] == "open" else _cost_of(one),
        is_estimated=one["source"] == "estimated",
        is_cached=one["source"] == "cache",
        status=one["status"],
        took=lasted(one["total_ms"]),
        fault=one["fault"] or "",
    )


def _cost_of(one: Mapping[str, Any]) -> str:
    has_used = one["input_tokens"] or one["output_tokens"]
    return "unknown" if one["input_price"] is None and has_used else money(one["cost_micro_usd"])


def _line(name: str, sums: Mapping[str, Any], measure: Measure, top: int, by: str) -> UsageLine:
    cost = amount(sums["cost_micro_usd"]) if by == "whole" else money(sums["cost_micro_usd"])
    return UsageLine(
        name=_named(name, by),
        calls=sums["calls"],
        failures=sums["failures"],
        input_tokens=sums["input_tokens"],
        output_tokens=sums["output_tokens"],
        cost="unknown" if sums["calls"] and sums["unpriced"] == sums["calls"] else cost,
        share=share(value_of(sums, measure), top),
    )


def _named(name: str, by: str) -> str:
    if by == "day":
        return _day(date.fromisoformat(name))
    if by == "user":
        return name or "visitors, and people who are gone"
    return name or "unknown"


def _periods(here: str, days: Days, by: str, today: date) -> list[WayLink]:
    spans = [(f"{length} days", Days(today - timedelta(days=length - 1), today)) for length in _LENGTHS]
    spans.append(("This month", Days(today.replace(day=1), today)))
    return [WayLink(label, address(here, span, by), span == days) for label, span in spans]


def _day(day: date) -> str:
    return f"{short_day(day)} {day.year}"
