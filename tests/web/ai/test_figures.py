"""Figures, dollars and charts: what is drawn and typed is what was counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.shared.errors import InvalidInput
from stoa.web.ai.charts import HEIGHT, WIDTH, day_chart, measure_of, share
from stoa.web.ai.dollars import micros_of, typed
from stoa.web.ai.figures import amount, lasted, money, percent
from stoa.web.forms import Form

FIRST = date(2026, 2, 27)


def sums(day: date, cost: int = 0, tokens: int = 0) -> dict[str, object]:
    return {"name": day.isoformat(), "calls": 1, "input_tokens": tokens, "output_tokens": 0, "cost_micro_usd": cost}


class TestMoney:
    @pytest.mark.parametrize(
        ("micros", "told"),
        [
            (0, "$0.0000"),
            (1, "< $0.0001"),
            (12_300, "$0.0123"),
            (99_999_999, "$100.0000"),
            (1_234_500_000, "$1,234.50"),
        ],
    )
    def test_in_a_column(self, micros: int, told: str) -> None:
        assert money(micros) == told

    @pytest.mark.parametrize(
        ("micros", "told"), [(0, "$0.00"), (50_000, "$0.05"), (41, "$0.000041"), (12_000_000, "$12.00")]
    )
    def test_in_a_sentence(self, micros: int, told: str) -> None:
        assert amount(micros) == told

    @given(st.integers(min_value=0, max_value=10**15 - 1))
    def test_what_stands_in_a_field_means_the_same_when_it_comes_back(self, micros: int) -> None:
        assert micros_of(Form({"limit": typed(micros)}, {}, {}), "limit") == micros

    @pytest.mark.parametrize("text", ["", "-1", "1e3", "1,5", "1.1234567", "9" * 10, "NaN", "\u0661", "1 2"])
    def test_what_is_no_amount_is_refused_at_its_field(self, text: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            micros_of(Form({"limit": text}, {}, {}), "limit")
        assert [fault.field for fault in refused.value.faults] == ["body.limit"]


class TestWords:
    def test_nearly_all_is_not_all(self) -> None:
        assert [percent(share) for share in (1.0, 0.9999, 0.5, 0.0)] == ["100 %", "99 %", "50 %", "0 %"]

    def test_times_have_the_unit_that_fits(self) -> None:
        assert [lasted(one) for one in (None, 999, 1_240, 95_000)] == ["", "999 ms", "1.2 s", "95 s"]


class TestDayChart:
    def test_has_its_highest_bar_on_the_dearest_day_and_a_gap_where_nothing_was(self) -> None:
        items = [sums(FIRST, 500), sums(FIRST + timedelta(days=2), 1_000)]
        chart = day_chart(FIRST, FIRST + timedelta(days=3), items, "cost_micro_usd")
        assert chart
        assert [bar.height for bar in chart.bars] == [HEIGHT / 2, HEIGHT]
        assert chart.bars[1].x - chart.bars[0].x == pytest.approx(2 * WIDTH / 4)
        assert chart.title == "$0.0015 in 4 days, most on 1 Mar"
        assert chart.bars[1].says == "1 Mar: $0.001"

    def test_shows_tokens_where_nothing_cost_anything(self) -> None:
        items = [sums(FIRST, tokens=7)]
        assert measure_of(items[0]) == "tokens"
        chart = day_chart(FIRST, FIRST, items, "tokens")
        assert chart
        assert chart.highest == "7 tokens"

    def test_of_nothing_is_none(self) -> None:
        assert day_chart(FIRST, FIRST, [], "cost_micro_usd") is None

    @given(st.dictionaries(st.integers(0, 399), st.integers(0, 10**12), max_size=40))
    def test_never_draws_beyond_its_edges(self, costs: dict[int, int]) -> None:
        items = [sums(FIRST + timedelta(days=at), cost) for at, cost in sorted(costs.items())]
        chart = day_chart(FIRST, FIRST + timedelta(days=399), items, "cost_micro_usd")
        for bar in chart.bars if chart else ():
            assert bar.x >= 0
            assert bar.y >= 0
            assert bar.height >= 2
            assert bar.x + bar.width <= WIDTH + 0.01
            assert bar.y + bar.height <= HEIGHT + 0.01

    @given(st.integers(0, 10**12), st.integers(0, 10**12))
    def test_a_share_stays_within_its_bar(self, value: int, top: int) -> None:
        assert 0 <= share(value, top) <= 100
