"""Imports outside of requests: the task that carries one out, and what is forgotten of them every night."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.queue.registry import Task
from stoa.events.scheduler import Job, JobDue, every_day
from stoa.modules.content.importing.purging import purge_imports
from stoa.modules.content.importing.task import Workshop, import_task


def import_tasks(shop: Workshop | None) -> tuple[Task[Any], ...]:
    """Without a workshop they can be looked at only."""
    return (import_task(shop),)


def import_jobs(shop: Workshop | None) -> tuple[Job, ...]:
    @every_day("imports", hour=4, minute=20, group="purges")
    async def forget_old_imports(_: JobDue, session: AsyncSession) -> None:
        await purge_imports(session, shop.folder if shop else None)

    return (forget_old_imports,)
