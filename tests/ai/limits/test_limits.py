"""How much at once, for all processes together; also while Valkey is away."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from stoa.modules.ai.errors import LimitReached
from stoa.modules.ai.limits.limits import Allowance, Limits

FEW = Allowance(requests_per_minute=10, tokens_per_minute=1_000, streams=2)


@pytest.fixture(params=["valkey", "process"])
async def limits(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Limits]:
    """With Valkey, and without: nobody listens at the other address."""
    async with Limits(redis_url if request.param == "valkey" else "redis://127.0.0.1:1/0") as found:
        yield found


async def passed(limits: Limits, who: str, number: int, *, tokens: int = 1) -> int:
    """How many of so many at once are let in."""
    asked = (limits.enter(who, FEW, tokens=tokens, stream=None) for _ in range(number))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    return sum(not isinstance(one, LimitReached) for one in answers)


class TestRequests:
    async def test_exactly_as_many_as_allowed(self, limits: Limits) -> None:
        who = f"somebody-{uuid4()}"

        total = sum([await passed(limits, who, 25) for _ in range(2)])

        assert total in {10, 20}  # 20 where a minute ended in between
        assert await passed(limits, f"another-{uuid4()}", 5) == 5

    async def test_two_processes_count_together(self, redis_url: str) -> None:
        who = str(uuid4())
        async with Limits(redis_url) as one, Limits(redis_url) as other:
            let_in = sum(await asyncio.gather(passed(one, who, 20), passed(other, who, 20)))
        assert let_in in {10, 20}


class TestTokens:
    async def test_a_refusal_says_what_and_until_when(self, limits: Limits) -> None:
        who = str(uuid4())
        await limits.enter(who, FEW, tokens=900, stream=None)

        with pytest.raises(
            LimitReached, match="1,000 tokens a minute; 900 are used and this needs up to 200"
        ) as caught:
            await limits.enter(who, FEW, tokens=200, stream=None)

        assert 1 <= caught.value.retry_after <= 61
        assert caught.value.extra["limit"] == "tokens"

    async def test_what_was_not_used_is_given_back(self, limits: Limits) -> None:
        who = str(uuid4())
        for _ in range(5):
            room = await limits.enter(who, FEW, tokens=900, stream=None)
            await limits.leave(who, room, stream=None, tokens_back=890)

    async def test_one_large_question_may_be_asked_alone(self, limits: Limits) -> None:
        assert (await limits.enter(str(uuid4()), FEW, tokens=5_000, stream=None)).tokens_left == 0


class TestGivingBack:
    async def test_leaves_nothing_behind_that_never_ends(self, redis_url: str) -> None:
        who = str(uuid4())
        async with Limits(redis_url) as limits, Redis.from_url(redis_url) as valkey:
            room = await limits.enter(who, FEW, tokens=900, stream=None)
            await limits.leave(who, room, stream=None, tokens_back=800)
            await valkey.flushdb()  # as when it was started anew
            with pytest.raises(LimitReached):
                await limits.enter(who, Allowance(0, 1, 0), tokens=1, stream=None)
            assert [key for key in await valkey.keys("stoa:ai:*") if await valkey.ttl(key) == -1] == []


class TestStreams:
    async def test_seats_are_taken_and_given_back(self, limits: Limits) -> None:
        who, seats = str(uuid4()), [uuid4(), uuid4()]
        room = [await limits.enter(who, FEW, tokens=1, stream=seat) for seat in seats][-1]
        with pytest.raises(LimitReached, match="2 streams"):
            await limits.enter(who, FEW, tokens=1, stream=uuid4())

        await limits.leave(who, room, stream=seats[0], tokens_back=0)

        await limits.enter(who, FEW, tokens=1, stream=uuid4())

    async def test_nobody_is_named_in_valkey(self, redis_url: str) -> None:
        async with Limits(redis_url) as limits, Redis.from_url(redis_url) as valkey:
            await limits.enter("ada-lovelace", FEW, tokens=1, stream=uuid4())
            assert [key for key in await valkey.keys("*") if b"ada" in key] == []
