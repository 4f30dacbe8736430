"""Money, tokens and times as the pages of models say them. Pure: knows no page and no database."""

from datetime import date
from typing import Final

_DOLLAR: Final = 1_000_000
_LARGE: Final = 100 * _DOLLAR
_EXACT: Final = 1_000  # micro-dollars; less is told to the last one
_SMALLEST: Final = 50  # micro-dollars; less would read as $0.0000
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(micros: int) -> str:
    """$0.0123, for a column of figures: four places, two from $100 on."""
    if 0 < micros < _SMALLEST:
        return "< $0.0001"
    return f"${micros / _DOLLAR:,.{2 if micros >= _LARGE else 4}f}"


def amount(micros: int) -> str:
    """$0.05, $12.00, $0.0123, $0.000041: the same in a sentence, without zeros that say nothing."""
    whole, _, places = f"{micros / _DOLLAR:,.{4 if micros >= _EXACT else 6}f}".partition(".")
    return f"${whole}.{places.rstrip('0').ljust(2, '0')}"


def counted(number: int, one: str, more: str = "") -> str:
    """1 call, 1,204 calls."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def lasted(milliseconds: int | None) -> str:
    """640 ms, 1.2 s, 95 s; nothing where nobody knows."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds:,.0f} s"


def short_day(day: date) -> str:
    """12 Mar."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def percent(share: float) -> str:
    """97 %; what is not quite everything is never told as 100 %."""
    shown = round(100 * share)
    if shown == 100 and share < 1:
        shown = 99
    return f"{shown} %"
