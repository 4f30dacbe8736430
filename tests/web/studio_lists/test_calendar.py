"""The calendar: which days a month has, what stands on them, and the way of an article to another day."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.web.studio.calendar import days_of, first_weekday
from tests.people import People
from tests.web.studio import shown, written


def month_after_next() -> date:
    return (datetime.now(UTC).date().replace(day=1) + timedelta(days=70)).replace(day=1)


class TestDays:
    @given(st.dates(date(1970, 1, 1), date(2199, 12, 1)), st.sampled_from([0, 5, 6]))
    def test_are_whole_weeks_around_the_month(self, day: date, begins: int) -> None:
        first = day.replace(day=1)
        days = days_of(first, begins)
        assert len(days) % 7 == 0
        assert days[0].weekday() == begins
        assert {one for one in days if one.month == first.month and one.year == first.year} >= {first, day}
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
        assert (days[0] <= first, (first - days[0]).days < 7) == (True, True)

    @pytest.mark.parametrize(("language", "day"), [("en", 0), ("de", 0), ("en-US", 6), ("ja", 6), ("ar", 5)])
    def test_a_week_begins_as_the_language_has_it(self, language: str, day: int) -> None:
        assert first_weekday(language) == day


class TestCalendar:
    async def test_a_draft_gets_its_day_and_another(self, writer: httpx.AsyncClient) -> None:
        first = month_after_next()
        await written(writer, title="A walk")
        page = await shown(writer, f"/studio/calendar?month={first:%Y-%m}")
        assert f"{first:%B %Y}" in page.text
        for day in (first.replace(day=12), first.replace(day=20)):
            form = {"slug": "a-walk", "day": day.isoformat(), "time": "09:30", "publish_at": ""}
            answer = await writer.post(f"/studio/calendar?month={first:%Y-%m}", data=form)
            assert answer.headers["location"] == f"/studio/calendar?month={first:%Y-%m}&done=moved"
            html = (await writer.get(answer.headers["location"])).text
            assert f'data-at="{day.isoformat()}T09:30:00+00:00"' in html

    async def test_the_script_s_moment_counts(self, writer: httpx.AsyncClient) -> None:
        day = month_after_next().replace(day=12).isoformat()
        await written(writer, title="A walk")
        exact = f"{day}T23:30:00.000Z"
        await writer.post("/studio/calendar", data={"slug": "a-walk", "day": "x", "time": "y", "publish_at": exact})
        own = (await writer.get("/api/v1/articles/a-walk")).json()
        assert datetime.fromisoformat(own["publish_at"]) == datetime.fromisoformat(f"{day}T23:30:00+00:00")

    @pytest.mark.parametrize(
        ("day", "clock"), [("2020-01-01", "08:00"), ("soon", "08:00"), ("2026-13-01", ""), ("9999-12-31", "23:59")]
    )
    async def test_a_day_that_cannot_be_is_told(self, writer: httpx.AsyncClient, day: str, clock: str) -> None:
        await written(writer, title="A walk")
        answer = await writer.post("/studio/calendar", data={"slug": "a-walk", "day": day, "time": clock})
        assert answer.status_code == 422
        assert "Choose a" in answer.text
        assert "A walk" in answer.text

    async def test_is_one_s_own_and_everybody_s_for_moderators(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient, people: People
    ) -> None:
        await written(writer, title="Out today", act="publish")
        other = await people.client("creator", by="cookie")
        assert "Out today" in (await shown(writer, "/studio/calendar")).text
        assert "Out today" in (await shown(moderator, "/studio/calendar")).text
        assert "Out today" not in (await shown(other, "/studio/calendar")).text
        moved = {"slug": "out-today", "day": month_after_next().isoformat(), "time": "08:00"}
        assert (await other.post("/studio/calendar", data=moved)).status_code == 403

    @pytest.mark.parametrize("month", ["2026-13", "0000-01", "1969-12", "2200-01", "x", "2026-1"])
    async def test_refuses_months_there_are_not(self, writer: httpx.AsyncClient, month: str) -> None:
        await shown(writer, f"/studio/calendar?month={month}", 422)

    @pytest.mark.parametrize("month", ["1970-01", "2199-12"])
    async def test_reaches_from_end_to_end(self, writer: httpx.AsyncClient, month: str) -> None:
        assert "No" not in (await shown(writer, f"/studio/calendar?month={month}")).links
