"""The task queue: once, in order of priority, with progress, cancelled when asked."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.loops import Stop
from stoa.events.queue.registry import Run, Task, TaskRegistry, task
from stoa.events.queue.runner import TaskRunner
from stoa.events.queue.service import LATER, URGENT, TaskQueue, TaskReads, enqueue
from stoa.events.streams import RedisStreams
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.errors import Conflict, NotFound
from tests.events.engine import FAST, rows, until, work_of, working

ADA, BOB = uuid4(), uuid4()


class Paint(BaseModel):
    colour: str


@task("paint", Paint)
async def paint(payload: Paint, session: AsyncSession, run: Run) -> None:
    await run.progress(50, "half of it")
    await session.execute(text("INSERT INTO effects VALUES (:id, :what, 1)"), {"id": run.id, "what": payload.colour})


def runner(database: Database, *tasks: Task[Paint], lease: float = FAST.lease) -> TaskRunner:
    return TaskRunner(database, TaskRegistry(tasks), replace(FAST, lease=lease), Stop())


async def ask(database: Database, which: Task[Paint] = paint, colour: str = "red", **options: object) -> UUID:
    async def put(session: AsyncSession) -> UUID:
        return await enqueue(session, which, Paint(colour=colour), asked_by=ADA, **options)  # type: ignore[arg-type] # the options

    return await database.transact(put)


async def state(database: Database, task_id: UUID) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(await TaskReads(database.reads).one(task_id, ADA))
    return found


class TestEnqueue:
    async def test_is_done_once_and_says_so(self, url: str, database: Database, transport: RedisStreams) -> None:
        async with (
            working(database, transport, work_of(tasks=[paint])),
            working(database, transport, work_of(tasks=[paint])),
        ):
            ids = [await ask(database) for _ in range(10)]

            async def all_done() -> bool:
                return all([(await state(database, one))["state"] == "done" for one in ids])

            await until(all_done, "all painted")
        assert sorted(row["event_id"] for row in await rows(url, "SELECT event_id FROM effects")) == sorted(ids)
        told = await state(database, ids[0])
        assert (told["progress"], told["note"]) == (100, "half of it")

    async def test_the_urgent_comes_first_and_nothing_before_its_time(self, url: str, database: Database) -> None:
        await ask(database, colour="later", priority=LATER)
        await ask(database, colour="plain")
        await ask(database, colour="urgent", priority=URGENT)
        await ask(database, colour="tomorrow", priority=URGENT, run_at=utc_now() + timedelta(days=1))
        working_off = runner(database, paint)
        order: list[str] = []
        while await working_off.run_one():
            done = {row["handler"] for row in await rows(url, "SELECT handler FROM effects")}
            order += sorted(done - set(order))
        assert order == ["urgent", "plain", "later"]

    async def test_nothing_is_done_of_what_was_rolled_back(self, url: str, database: Database) -> None:
        async def ask_and_fail(session: AsyncSession) -> None:
            await enqueue(session, paint, Paint(colour="none"))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await database.transact(ask_and_fail)
        assert not await runner(database, paint).run_one()
        assert not await rows(url, "SELECT FROM queued_tasks")


class TestFailingTask:
    async def test_is_tried_again_and_given_up_with_its_error(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        @task("spill", Paint)
        async def spill(_: Paint, session: AsyncSession, run: Run) -> None:
            await session.execute(text("INSERT INTO effects VALUES (:id, 'spilt', 1)"), {"id": run.id})
            raise RuntimeError("all over the floor")

        async with working(database, transport, work_of(tasks=[spill])):
            one = await ask(database, spill)

            async def failed() -> bool:
                return (await state(database, one))["state"] == "failed"

            await until(failed, "given up")
        assert "all over the floor" in str((await state(database, one))["error"])
        assert (await rows(url, "SELECT failures FROM queued_tasks"))[0]["failures"] == 5
        assert not await rows(url, "SELECT FROM effects")

    async def test_of_a_dead_worker_is_done_by_another_and_the_late_one_changes_nothing(
        self, url: str, database: Database
    ) -> None:
        begun, go = asyncio.Event(), asyncio.Event()

        @task("paint", Paint)
        async def slowly(payload: Paint, session: AsyncSession, run: Run) -> None:
            begun.set()
            await go.wait()
            await paint.function(payload, session, run)

        one = await ask(database)
        late = asyncio.create_task(runner(database, slowly, lease=600).run_one())
        await begun.wait()
        await rows(url, "UPDATE queued_tasks SET leased_until = now() - interval '1 second'")  # it is not heard of
        assert await runner(database, paint).run_one()
        go.set()
        await late
        assert (await state(database, one))["state"] == "done"
        assert len(await rows(url, "SELECT FROM effects")) == 1


class TestCancel:
    async def test_a_waiting_task_never_starts(self, url: str, database: Database) -> None:
        one = await ask(database)
        await database.transact(lambda session: TaskQueue(session).cancel(one, ADA))
        assert not await runner(database, paint).run_one()
        assert (await state(database, one))["state"] == "cancelled"
        assert not await rows(url, "SELECT FROM effects")

    async def test_a_running_task_ends(self, url: str, database: Database, transport: RedisStreams) -> None:
        begun = asyncio.Event()

        @task("dream", Paint)
        async def dream(_: Paint, session: AsyncSession, run: Run) -> None:
            await session.execute(text("INSERT INTO effects VALUES (:id, 'dreamt', 1)"), {"id": run.id})
            begun.set()
            await asyncio.Event().wait()

        async with working(database, transport, work_of(tasks=[dream])):
            one = await ask(database, dream)
            await begun.wait()
            await database.transact(lambda session: TaskQueue(session).cancel(one, ADA))

            async def cancelled() -> bool:
                return (await state(database, one))["state"] == "cancelled"

            await until(cancelled, "the dream ends")
        assert not await rows(url, "SELECT FROM effects")

    async def test_is_for_the_one_who_asked(self, database: Database) -> None:
        one = await ask(database)
        with pytest.raises(NotFound):
            await TaskReads(database.reads).one(one, BOB)
        with pytest.raises(NotFound):
            await database.transact(lambda session: TaskQueue(session).cancel(one, BOB))

    async def test_what_has_ended_stays_as_it_is(self, database: Database) -> None:
        one = await ask(database)
        await runner(database, paint).run_one()
        with pytest.raises(Conflict):
            await database.transact(lambda session: TaskQueue(session).cancel(one, ADA))
        assert (await state(database, one))["state"] == "done"
