"""What a worker would do, done at once in the test's own transaction: events to their handlers, and what follows."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.dispatch import Dispatcher
from stoa.events.event import Envelope
from stoa.events.handlers.all import all_work
from stoa.events.loops import Stop
from stoa.events.pace import Pace
from stoa.events.queue.runner import TaskRunner
from stoa.events.repository import EventLog
from stoa.modules.content.moderation.judging import Judge
from stoa.shared.database import Database


async def handle_events(app: FastAPI, judge: Judge | None = None) -> None:
    """Have everything that is recorded handled, texts judged by `judge`.

    A handler that fails puts its event down for a retry, as ever.
    """
    database: Database = app.state.database
    work = all_work(app.state.settings, app.state.auth.keyring, judge=judge)
    dispatcher = Dispatcher(database, Pace())
    while recorded := await database.transact(_take):
        for handler in work.registry.handlers.values():
            if wanted := [envelope for envelope in recorded if envelope.type == handler.event.type]:
                await dispatcher.handle(handler, wanted)


async def run_tasks(app: FastAPI) -> None:
    """Have the tasks run that are due."""
    database: Database = app.state.database
    runner = TaskRunner(database, all_work(app.state.settings, app.state.auth.keyring).tasks, Pace(), Stop())
    while await runner.run_one():
        await handle_events(app)


async def _take(session: AsyncSession) -> list[Envelope]:
    log = EventLog(session)
    recorded = await log.unrelayed(1000)
    await log.mark_relayed([envelope.id for envelope in recorded])
    return recorded
