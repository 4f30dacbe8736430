"""What the calendar is given. Days and times are in UTC; calendar.js moves them to the reader's zone."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from stoa.web.contexts import PageMeta
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import STATES
from stoa.web.studio.rail import RailLink


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """An article in the calendar; `at` is when it goes or went out, None for a draft without a date."""

    slug: str
    title: str
    status: str
    author_name: str
    at: datetime | None

    @property
    def edit_url(self) -> str:
        return f"/studio/articles/{quote(self.slug, safe='')}"

    @property
    def state(self) -> tuple[str, str]:
        """The word for its status, and the kind of its badge."""
        return STATES[self.status]

    @property
    def can_move(self) -> bool:
        """What is out stays on its day."""
        return self.status != "published"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the month shown, or of the weeks around it."""

    day: date
    is_inside: bool
    is_today: bool
    items: tuple[CalendarItem, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A month in weeks. `around` are those of the days just outside, which another time zone brings inside."""

    meta: PageMeta
    title: str
    month: str
    previous_url: str
    next_url: str
    today_url: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]
    around: tuple[CalendarItem, ...] = ()
    drafts: tuple[CalendarItem, ...] = ()
    rail: tuple[RailLink, ...] = ()
    can_publish: bool = True
    is_shared: bool = False
    usual_day: str = ""
    done: Done | None = None
    problem: str = ""
