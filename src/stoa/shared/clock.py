"""The time of day, always UTC and always with its offset. Rules take a `Clock`, so that tests can set it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def moment_of(written: str | None) -> datetime | None:
    """A time as PostgreSQL writes it in JSON."""
    return datetime.fromisoformat(written) if written else None


def in_utc(moment: datetime) -> datetime:
    """Raises ValueError for what lies outside the calendar once it is UTC, such as the last hours of 9999 in Hawaii."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999") from None


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
"""A time as people send it."""
