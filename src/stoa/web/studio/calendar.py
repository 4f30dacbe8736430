"""Builds the calendar: which days a month shows, and what stands on each. Days are those of UTC."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, Field

from stoa.modules.content.articles.schemas import ArticleQuery
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.errors import FieldFault, InvalidInput
from stoa.shared.security import Actor
from stoa.web.contexts import PageMeta
from stoa.web.studio.calendar_contexts import CalendarDay, CalendarItem, CalendarPage
from stoa.web.studio.contexts import Done
from stoa.web.studio.rail import RailLink

HERE: Final = "/studio/calendar"
_DAY: Final = timedelta(days=1)
_MARGIN: Final = _DAY  # no zone is further from UTC
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FROM_SUNDAY: Final = frozenset({"en-us", "en-ca", "es-mx", "he", "hi", "ja", "ko", "pt-br", "th", "zh-tw"})
_FROM_SATURDAY: Final = frozenset({"ar", "fa"})
_MOST_DRAFTS: Final = 20
_DONE: Final = {"moved": "It goes out on that day."}
MonthName = Annotated[str, Field(pattern=r"^((19[7-9]|20\d|21\d)\d-(0[1-9]|1[0-2]))?$", max_length=7)]


class CalendarQuery(BaseModel):
    """The query string of the calendar; without a month, the present one."""

    month: MonthName = ""
    done: Annotated[str, Field(max_length=20)] = ""


class Calendar:
    """Builds it for one person, in the language of the site."""

    def __init__(self, writing: ArticleWriting, actor: Actor, *, language: str) -> None:
        self._writing = writing
        self._actor = actor
        self._begins = first_weekday(language)

    async def page(
        self, meta: PageMeta, query: CalendarQuery, rail: tuple[RailLink, ...], *, today: date, problem: str = ""
    ) -> CalendarPage:
        """A month with what goes and went out in it, and the drafts without a date."""
        first = date.fromisoformat(f"{query.month}-01") if query.month else today.replace(day=1)
        days = days_of(first, self._begins)
        begin, end = _midnight(days[0]) - _MARGIN, _midnight(days[-1]) + _DAY + _MARGIN
        found = [_item(orjson.loads(one)) for one in await self._writing.calendar(self._actor, begin, end)]
        weeks = _weeks(days, found, first=first, today=today)
        return CalendarPage(
            meta=meta,
            title=f"{first:%B %Y}",
            month=f"{first:%Y-%m}",
            previous_url=_address(first - _DAY),
            next_url=_address(_next_month(first)),
            today_url=HERE,
            weekdays=tuple(_WEEKDAYS[(self._begins + place) % 7] for place in range(7)),
            weeks=weeks,
            around=tuple(one for one in found if one.at and not days[0] <= one.at.date() <= days[-1]),
            drafts=await self._drafts(),
            rail=rail,
            can_publish=self._moderates or self._actor.can("publish:article"),
            is_shared=self._moderates,
            usual_day=max(today + _DAY, first).isoformat(),
            done=Done(_DONE[query.done]) if query.done in _DONE else None,
            problem=problem,
        )

    async def _drafts(self) -> tuple[CalendarItem, ...]:
        query = ArticleQuery(
            status="draft", author=self._actor.username, tags=[], sort="updated_at", limit=_MOST_DRAFTS
        )
        found = await self._writing.mine(self._actor, query)
        return tuple(_item(orjson.loads(one)) for one in found.items)

    @property
    def _moderates(self) -> bool:
        return self._actor.can("moderate:article")


def first_weekday(language: str) -> int:
    """On which day a week begins where the language is spoken; 0 is Monday."""
    full = language.lower()
    if full in _FROM_SUNDAY or full.partition("-")[0] in _FROM_SUNDAY:
        return 6
    return 5 if full.partition("-")[0] in _FROM_SATURDAY else 0


def days_of(first: date, begins: int) -> list[date]:
    """The days of whole weeks around the month that begins with `first`."""
    start = first - timedelta(days=(first.weekday() - begins) % 7)
    length = (_next_month(first) - start).days
    return [start + timedelta(days=number) for number in range(-(-length // 7) * 7)]


def moment_of(day: str, clock: str, exact: str) -> datetime:
    """When to go out: `exact` as the script says it, else day and time in UTC. Raises InvalidInput."""
    try:
        if exact:
            moment = datetime.fromisoformat(exact)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "08:00"), UTC)
    except ValueError:
        fault = FieldFault("body.publish_at", "must be a day such as 2026-11-23 and a time such as 08:00")
        raise InvalidInput("Choose a day such as 2026-11-23 and a time such as 08:00.", faults=(fault,)) from None


def _weeks(
    days: list[date], found: Iterable[CalendarItem], *, first: date, today: date
) -> tuple[tuple[CalendarDay, ...], ...]:
    by_day: dict[date, list[CalendarItem]] = {}
    for one in found:
        if one.at:
            by_day.setdefault(one.at.date(), []).append(one)
    shown = [CalendarDay(day, day.month == first.month, day == today, tuple(by_day.get(day, ()))) for day in days]
    return tuple(tuple(shown[place : place + 7]) for place in range(0, len(shown), 7))


def _item(item: Mapping[str, Any]) -> CalendarItem:
    at = item["publish_at"] if item["status"] == "scheduled" else item["published_at"]
    return CalendarItem(
        slug=item["slug"],
        title=item["title"],
        status=item["status"],
        author_name=item["author"]["display_name"],
        at=datetime.fromisoformat(at).astimezone(UTC) if at and item["status"] != "draft" else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _address(day: date) -> str:
    return f"{HERE}?month={day:%Y-%m}"
