"""A short run of `make chaos`: everything is killed under load, and every event takes effect once."""

import pytest

from tests.faults.chaos import chaos


@pytest.mark.slow
class TestChaos:
    def test_nothing_is_lost_nor_doubled(self) -> None:
        outcome = chaos(30, seed=20261123)
        print(outcome)  # noqa: T201 # for the log
        assert (outcome.lost, outcome.doubled, outcome.dead) == (0, 0, 0), str(outcome)
        assert outcome.kills > 10
        assert outcome.flush_seconds < 90
