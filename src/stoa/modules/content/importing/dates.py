"""Dates as front matter and file names write them, always answered in UTC. A date without a zone is UTC."""

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

_FILE_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})-(?=.)")
_NUMBERS = re.compile(
    r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$",
    re.IGNORECASE,
)
_WORDS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_LONGEST = 64
_YEARS = range(1000, 9000)


def parse_date(value: object) -> datetime | None:
    """The moment that `value` names (text, date, or a date with time), or None when it names none."""
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return _utc(datetime.combine(value, time()))
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    return _from_numbers(text) or _from_words(text) or _from_mail_style(text)


def split_file_date(stem: str) -> tuple[datetime | None, str]:
    """`2024-03-01-title` -> (that day, `title`); without a date in front the stem as it is."""
    found = _FILE_DATE.match(stem)
    if not found:
        return None, stem
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return None, stem
    return (day, stem[found.end() :]) if day.year in _YEARS else (None, stem)


def _from_numbers(text: str) -> datetime | None:
    found = _NUMBERS.match(text)
    if not found:
        return None
    part = {name: int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    clock = f"{part['hour']:02}:{part['minute']:02}:{part['second']:02}"
    written = f"{part['year']:04}-{part['month']:02}-{part['day']:02}T{clock}{_zone(found['zone'])}"
    try:
        return _utc(datetime.fromisoformat(written))
    except ValueError:
        return None


def _zone(written: str | None) -> str:
    if not written or written.upper() in {"Z", "UTC", "GMT"}:
        return "+00:00"
    digits = written[1:].replace(":", "").ljust(4, "0")
    return f"{written[0]}{digits[:2]}:{digits[2:]}"


def _from_words(text: str) -> datetime | None:
    for pattern in _WORDS:
        try:
            return _utc(datetime.strptime(text, pattern).replace(tzinfo=UTC))
        except ValueError:
            continue
    return None


def _from_mail_style(text: str) -> datetime | None:
    try:
        return _utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _utc(moment: datetime) -> datetime | None:
    if moment.year not in _YEARS:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
