"""How often something may be tried: the same rules in Valkey and, while that is away, in the process."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from stoa.main import create_app
from stoa.shared.settings import Settings
from stoa.shared.throttle import Backoff, Throttle
from tests.auth.calls import sign_in
from tests.conftest import client_of
from tests.people import People

NOWHERE = "unix:///nowhere/valkey.sock"
RULE = Backoff(free=3, first=60.0, most=200.0)


@pytest.fixture(params=["in valkey", "in the process"])
async def throttle(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Throttle]:
    async with Throttle(redis_url if request.param == "in valkey" else NOWHERE) as made:
        yield made


@pytest.fixture
def who() -> str:
    return uuid4().hex


class TestTake:
    async def test_lets_so_many_through(self, throttle: Throttle, who: str) -> None:
        waits = [await throttle.take("mail", who, limit=3, seconds=60) for _ in range(5)]
        assert waits[:3] == [0, 0, 0]
        assert all(59 <= wait <= 60 for wait in waits[3:])

    async def test_counts_each_kind_and_each_one(self, throttle: Throttle, who: str) -> None:
        assert await throttle.take("mail", who, limit=1, seconds=60) == 0
        assert await throttle.take("other", who, limit=1, seconds=60) == 0
        assert await throttle.take("mail", f"{who}2", limit=1, seconds=60) == 0

    async def test_begins_anew_after_its_time(self, throttle: Throttle, who: str) -> None:
        await throttle.take("mail", who, limit=1, seconds=0.05)
        await asyncio.sleep(0.1)
        assert await throttle.take("mail", who, limit=1, seconds=0.05) == 0


class TestAttempt:
    async def test_waits_after_the_free_ones(self, throttle: Throttle, who: str) -> None:
        verdicts = [await throttle.attempt("sign-in", who, RULE) for _ in range(4)]
        assert [verdict.failures for verdict in verdicts] == [1, 2, 3, 0]
        assert [verdict.wait for verdict in verdicts] == [0, 0, 0, 60]

    async def test_waits_twice_as_long_each_time_up_to_the_most(self, throttle: Throttle, who: str) -> None:
        waits = []
        for before in range(4):
            for _ in range(before):
                await throttle.attempt("sign-in", f"{who}{before}", Backoff(free=100))
            strict = Backoff(free=1, first=60.0, most=200.0)
            await throttle.attempt("sign-in", f"{who}{before}", strict)
            waits.append((await throttle.attempt("sign-in", f"{who}{before}", strict)).wait)
        assert waits == [60, 120, 200, 200]

    async def test_many_at_once_are_counted(self, throttle: Throttle, who: str) -> None:
        verdicts = await asyncio.gather(*(throttle.attempt("sign-in", who, RULE) for _ in range(20)))
        assert sum(verdict.wait == 0 for verdict in verdicts) == 3

    async def test_forgiving_takes_it_all_back(self, throttle: Throttle, who: str) -> None:
        for _ in range(4):
            await throttle.attempt("sign-in", who, RULE)
        await throttle.forgive("sign-in", who, all_of_it=True)
        assert (await throttle.attempt("sign-in", who, RULE)).failures == 1


class TestWithoutValkey:
    async def test_signing_in_works_and_still_slows_down(
        self, settings: Settings, own_database_url: str, tmp_path: Path
    ) -> None:
        app = create_app(settings, database_url=own_database_url, redis_url=NOWHERE, data_dir=tmp_path)
        async with app.router.lifespan_context(app), client_of(app) as client:
            person = await People(app).person(with_password=True)
            assert (await sign_in(client, person.email)).status_code == 200
            answers = [await sign_in(client, person.email, f"guess number {n}") for n in range(8)]
            assert [answer.status_code for answer in answers] == [400] * 6 + [429] * 2
