"""Use cases of the task queue: ask for work that is not a fact, look how far it is, cancel it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.models import QueuedTask
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.errors import Conflict, NotFound
from stoa.shared.ids import new_id

from .registry import P, Task
from .repository import ONE, TaskRepository

URGENT: Final = 10
LATER: Final = -10


async def enqueue(
    session: AsyncSession,
    task: Task[P],
    payload: P,
    *,
    run_at: datetime | None = None,
    priority: int = 0,
    asked_by: UUID | None = None,
) -> UUID:
    """Have it done once this transaction commits, at `run_at` or soon; higher priorities first.

    `asked_by` may follow and cancel it by the id that is answered.
    """
    row = QueuedTask(
        id=new_id(), task=task.name, payload=_plain(payload), run_at=run_at or utc_now(), priority=priority,
        asked_by=asked_by,
    )  # fmt: skip
    TaskRepository(session).add(row)
    await session.flush()
    return row.id


class TaskQueue:
    """What the one who asked may do; others find nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._tasks = TaskRepository(session)

    async def cancel(self, task_id: UUID, asked_by: UUID) -> None:
        """It never starts, or stops within moments. Raises NotFound, Conflict when it has ended."""
        state = await self._tasks.cancel(task_id, asked_by)
        if state is None:
            raise _not_found()
        if state in {"done", "failed"}:
            raise Conflict(f"The task has ended already ({state}): there is nothing to cancel.")


class TaskReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def one(self, task_id: UUID, asked_by: UUID) -> str:
        """State and progress as JSON. Raises NotFound."""
        found: str | None = await self._reads.fetch_value(ONE, id=task_id, asked_by=asked_by)
        if found is None:
            raise _not_found()
        return found


def _plain(payload: BaseModel) -> dict[str, object]:
    plain: dict[str, object] = payload.model_dump(mode="json")
    return plain


def _not_found() -> NotFound:
    return NotFound("There is no such task of yours.")
