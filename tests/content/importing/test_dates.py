from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.importing.dates import parse_date, split_file_date

FIRST_OF_MARCH = datetime(2024, 3, 1, tzinfo=UTC)


class TestParseDate:
    @pytest.mark.parametrize(
        "written",
        ["2024-03-01", "2024-3-1", "2024/03/01", "2024.03.01", "March 1, 2024", "Mar 1, 2024", "1 March 2024",
         "2024-03-01 00:00:00", "2024-03-01T00:00:00Z", "2024-03-01 02:00:00 +0200", "2024-02-29T19:00:00-05:00",
         "2024-03-01 00:00:00 UTC", "2024-03-01T00:00:00.000000000Z", "Fri, 01 Mar 2024 00:00:00 GMT"],
    )  # fmt: skip
    def test_ways_to_write_one_moment(self, written: str) -> None:
        assert parse_date(written) == FIRST_OF_MARCH

    def test_values_that_are_dates_already(self) -> None:
        assert parse_date(date(2024, 3, 1)) == FIRST_OF_MARCH
        assert parse_date(datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == FIRST_OF_MARCH
        assert parse_date(datetime(2024, 3, 1)) == FIRST_OF_MARCH  # noqa: DTZ001 # TOML's local times

    @pytest.mark.parametrize(
        "written",
        ["", "soon", "2024-13-01", "2024-02-30", "0001-01-01", "9999-12-31", "2024-03-01 99:00", 20240301, None],
    )
    def test_what_is_no_date(self, written: object) -> None:
        assert parse_date(written) is None

    @given(st.text(max_size=80) | st.datetimes(timezones=st.timezones()) | st.dates())
    def test_never_raises_and_always_answers_utc(self, value: object) -> None:
        found = parse_date(value)

        assert found is None or found.utcoffset() == timedelta(0)


class TestFileDate:
    def test_jekyll_names(self) -> None:
        assert split_file_date("2024-03-01-hello-world") == (FIRST_OF_MARCH, "hello-world")

    @pytest.mark.parametrize("stem", ["hello", "2024-03-01", "2024-13-01-hello", "12-03-01-hello", "0000-01-01-x"])
    def test_names_without_a_date(self, stem: str) -> None:
        assert split_file_date(stem) == (None, stem)
