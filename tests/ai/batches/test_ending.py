"""What is refused waits where it may be asked within the hour, and fails where it may not."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from stoa.modules.ai.batches.ending import refused
from stoa.modules.ai.errors import BudgetSpent, LimitReached, ModelNotFound, ProvidersBusy
from stoa.shared.errors import StoaError, Unavailable

NOW = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


def spent(seconds: int, *, spent_micros: int = 90, needed: int = 20) -> BudgetSpent:
    extra = {
        "limit_micro_usd": 100,
        "spent_micro_usd": spent_micros,
        "reserved_micro_usd": 95,
        "needed_micro_usd": needed,
    }
    return BudgetSpent("Spent.", retry_after=seconds, extra=extra)


class TestRefused:
    @pytest.mark.parametrize(
        ("fault", "seconds"),
        [
            (LimitReached("Too much.", limit="requests", retry_after=40), 40),
            (ProvidersBusy("Busy.", retry_after=7), 7),
            (spent(3_600), 3_600),
            (spent(80_000, spent_micros=80), 5),
            (Unavailable("Away."), 5),
        ],
    )
    def test_waits_until_it_may_be_asked(self, fault: StoaError, seconds: int) -> None:
        ending = refused(fault, NOW, NOW)
        assert (ending.status, ending.due_at) == ("queued", NOW + timedelta(seconds=seconds))
        assert ending.holds_all is isinstance(fault, LimitReached)

    @pytest.mark.parametrize("fault", [spent(3_601), ProvidersBusy("Busy.", retry_after=9_000), ModelNotFound("None.")])
    def test_fails_in_its_own_words_where_that_is_far_off(self, fault: StoaError) -> None:
        ending = refused(fault, NOW, NOW)
        assert (ending.status, ending.due_at) == ("failed", None)
        problem = orjson.loads(ending.error or "")
        assert (problem["detail"], problem["status"]) == (fault.detail, fault.status)
        assert problem.items() >= fault.extra.items()

    def test_waits_no_more_in_a_batch_that_is_a_day_old(self) -> None:
        asked_at = NOW - timedelta(hours=23, minutes=59)
        assert refused(LimitReached("Too much.", limit="requests", retry_after=59), asked_at, NOW).status == "queued"
        assert refused(LimitReached("Too much.", limit="requests", retry_after=61), asked_at, NOW).status == "failed"
