"""Charts as SVG figures, made from sums of usage: bars by day, and one bar for each name. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from stoa.web.ai.figures import amount, counted, short_day

WIDTH: Final = 720
HEIGHT: Final = 140
_GAP: Final = 0.25
_LEAST: Final = 2.0  # what is more than nothing is seen

Measure = Literal["cost_micro_usd", "tokens", "calls"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One upright bar, in the units of the drawing; `says` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """Bars by day. `title` says the finding, `highest` what the full height is."""

    title: str
    highest: str
    first: str
    last: str
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT


def measure_of(total: Mapping[str, Any]) -> Measure:
    """What is worth drawing: money where any was spent, else tokens, else calls."""
    if total["cost_micro_usd"]:
        return "cost_micro_usd"
    return "tokens" if total["input_tokens"] + total["output_tokens"] else "calls"


def value_of(sums: Mapping[str, Any], measure: Measure) -> int:
    return int(sums["input_tokens"] + sums["output_tokens"] if measure == "tokens" else sums[measure])


def told(value: int, measure: Measure) -> str:
    """The value with its unit."""
    if measure == "cost_micro_usd":
        return amount(value)
    return counted(value, "token" if measure == "tokens" else "call")


def day_chart(since: date, until: date, items: Sequence[Mapping[str, Any]], measure: Measure) -> DayChart | None:
    """Every day from the first to the last, those without calls too; None where there is nothing to draw."""
    values = {date.fromisoformat(item["name"]): value_of(item, measure) for item in items}
    top = max(values.values(), default=0)
    if top == 0:
        return None
    days = [since + timedelta(days=at) for at in range((until - since).days + 1)]
    step = WIDTH / len(days)
    bars = tuple(
        _bar(at * step, step, values[day], top, f"{short_day(day)}: {told(values[day], measure)}")
        for at, day in enumerate(days)
        if values.get(day)
    )
    most = max(values, key=lambda day: (values[day], day))
    whole = told(sum(values.values()), measure)
    title = f"{whole} in {counted(len(days), 'day')}, most on {short_day(most)}"
    return DayChart(title, told(top, measure), short_day(since), short_day(until), bars)


def share(value: int, top: int) -> float:
    """How far a bar of 100 goes."""
    if top <= 0 or value <= 0:
        return 0.0
    return round(max(100 * min(value, top) / top, 1.0), 1)


def _bar(x: float, step: float, value: int, top: int, says: str) -> Bar:
    height = max(_LEAST, HEIGHT * value / top)
    gap = step * _GAP
    return Bar(round(x + gap / 2, 2), round(HEIGHT - height, 2), round(step - gap, 2), round(height, 2), says)
