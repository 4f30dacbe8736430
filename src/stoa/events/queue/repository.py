"""The SQL of the task queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Interval, Text, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.models import QueuedTask
from stoa.shared.queries import Query, json_object

_wait = bindparam("wait", type_=Interval())
# A task whose worker is not heard of any more is anybody's again.
_TAKE = text("""
UPDATE queued_tasks SET state = 'running', attempt = attempt + 1, starts = starts + 1,
  leased_until = clock_timestamp() + :wait
WHERE id = (
  SELECT id FROM queued_tasks
  WHERE state IN ('waiting', 'running') AND task = ANY(:names)
    AND CASE state WHEN 'waiting' THEN run_at <= clock_timestamp() ELSE leased_until < clock_timestamp() END
  ORDER BY priority DESC, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, task, payload::text AS payload, attempt, failures, starts
""").bindparams(_wait, bindparam("names", type_=ARRAY(Text())))
_OURS = "WHERE id = :id AND attempt = :attempt AND state = 'running'"
_RENEW = text(f"""
UPDATE queued_tasks SET leased_until = clock_timestamp() + :wait {_OURS} RETURNING is_cancel_asked
""").bindparams(_wait)  # noqa: S608 # constants
_PROGRESS = text(f"UPDATE queued_tasks SET progress = :percent, note = :note {_OURS}")  # noqa: S608 # constants
_DONE = text(f"""
UPDATE queued_tasks SET state = 'done', progress = 100, finished_at = now(), error = NULL {_OURS} RETURNING id
""")  # noqa: S608 # constants
_END = text(f"""
UPDATE queued_tasks SET state = :state, finished_at = now(), error = :error, failures = :failures {_OURS}
""")  # noqa: S608 # constants
_AGAIN = text(f"""
UPDATE queued_tasks SET state = CASE WHEN is_cancel_asked THEN 'cancelled' ELSE 'waiting' END,
  finished_at = CASE WHEN is_cancel_asked THEN now() END,
  starts = 0, failures = :failures, error = :error, run_at = clock_timestamp() + :wait {_OURS}
""").bindparams(_wait)  # noqa: S608 # constants
_CANCEL = text("""
UPDATE queued_tasks SET is_cancel_asked = true,
  state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
  finished_at = CASE state WHEN 'waiting' THEN now() ELSE finished_at END
WHERE id = :id AND asked_by = :asked_by RETURNING state
""")

ONE = Query(
    select(
        json_object(
            id=QueuedTask.id.expression,
            task=QueuedTask.task.expression,
            state=QueuedTask.state.expression,
            progress=QueuedTask.progress.expression,
            note=QueuedTask.note.expression,
            error=QueuedTask.error.expression,
            created_at=QueuedTask.created_at.expression,
            run_at=QueuedTask.run_at.expression,
            finished_at=QueuedTask.finished_at.expression,
        )
    ).where(QueuedTask.id == bindparam("id"), QueuedTask.asked_by == bindparam("asked_by"))
)


@dataclass(frozen=True, slots=True)
class TakenTask:
    id: UUID
    task: str
    payload: str
    attempt: int
    failures: int
    starts: int


class TaskRepository:
    """All but `add` and `cancel` act only while this attempt is the one that counts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, task: QueuedTask) -> None:
        self._session.add(task)

    async def take(self, names: Iterable[str], lease: float) -> TakenTask | None:
        row = (await self._session.execute(_TAKE, {"names": list(names), "wait": _seconds(lease)})).one_or_none()
        return TakenTask(*row) if row else None

    async def renew(self, taken: TakenTask, lease: float) -> bool | None:
        """Whether somebody asked to cancel it; None when it is not ours any more."""
        asked: bool | None = await self._session.scalar(_RENEW, {**_key(taken), "wait": _seconds(lease)})
        return asked

    async def progress(self, taken: TakenTask, percent: int, note: str) -> None:
        await self._session.execute(_PROGRESS, {**_key(taken), "percent": percent, "note": note})

    async def done(self, taken: TakenTask) -> bool:
        return await self._session.scalar(_DONE, _key(taken)) is not None

    async def end(self, taken: TakenTask, state: str, error: str | None, *, failures: int) -> None:
        await self._session.execute(_END, {**_key(taken), "state": state, "error": error, "failures": failures})

    async def again(self, taken: TakenTask, *, wait: float, failures: int, error: str | None = None) -> None:
        values = {**_key(taken), "wait": _seconds(wait), "failures": failures, "error": error}
        await self._session.execute(_AGAIN, values)

    async def cancel(self, task_id: UUID, asked_by: UUID) -> str | None:
        """Its state now; None when it is not theirs. One that runs ends within moments."""
        state: str | None = await self._session.scalar(_CANCEL, {"id": task_id, "asked_by": asked_by})
        return state


def _key(taken: TakenTask) -> dict[str, object]:
    return {"id": taken.id, "attempt": taken.attempt}


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
