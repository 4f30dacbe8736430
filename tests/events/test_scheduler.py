"""Jobs at fixed times."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.scheduler import Job, JobDue, Scheduler, every_day
from stoa.events.streams import RedisStreams
from stoa.shared.database import Database
from tests.events.engine import BallThrown, note, rows, until, work_of, working

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def job() -> Job:
    @every_day("sweep-floor", hour=3, minute=30, group="housekeeping")
    async def sweep_floor(event: JobDue, session: AsyncSession) -> None:
        await note(session, BallThrown(id=event.id, ball="broom"), event.job)

    return sweep_floor


class TestScheduler:
    async def test_two_schedulers_fire_once(self, url: str, database: Database) -> None:
        for scheduler in (Scheduler(database, [job()], lambda: NOON), Scheduler(database, [job()], lambda: NOON)):
            await scheduler.fire()
            await scheduler.fire()
        assert [row["type"] for row in await rows(url, "SELECT type FROM event_log")] == ["job.sweep-floor"]

    async def test_fires_again_the_next_day_and_not_before(self, url: str, database: Database) -> None:
        now = NOON
        scheduler = Scheduler(database, [job()], lambda: now)
        for moment, expected in (
            (NOON, 1),
            (NOON + timedelta(hours=15, minutes=29), 1),
            (NOON + timedelta(hours=15, minutes=30), 2),
            (NOON + timedelta(days=9), 3),  # after a long pause the latest time only
        ):
            now = moment
            await scheduler.fire()
            assert len(await rows(url, "SELECT FROM event_log")) == expected

    def test_knows_its_last_time(self) -> None:
        assert job().last_time(NOON) == datetime(2026, 5, 4, 3, 30, tzinfo=UTC)
        assert job().last_time(NOON - timedelta(hours=9)) == datetime(2026, 5, 3, 3, 30, tzinfo=UTC)

    async def test_a_due_job_is_done_once_by_two_workers(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        async with (
            working(database, transport, work_of(jobs=[job()])),
            working(database, transport, work_of(jobs=[job()])),
        ):

            async def done() -> object:
                return await rows(url, "SELECT FROM effects WHERE handler = 'sweep-floor'")

            await until(done, "the floor is swept")
        assert len(await rows(url, "SELECT FROM effects")) == 1
