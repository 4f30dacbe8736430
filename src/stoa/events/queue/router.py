"""The API of the task queue: everybody sees and cancels what they asked for themselves."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.events.schemas import QueuedTaskOut
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import SIGNED_IN, ActorDep, require

from .service import TaskQueue, TaskReads

router = APIRouter(prefix="/tasks-queue", tags=["tasks"])


@router.get("/{task_id}", responses=answers(QueuedTaskOut, 401, 403, 404), **require(SIGNED_IN))
async def get_queued_task(task_id: UUID, request: Request, actor: ActorDep) -> Response:
    """Read how far work is that you asked for."""
    return private_json(await TaskReads(reads_of(request)).one(task_id, actor.user_id))


@router.post(
    "/{task_id}/cancel", status_code=204, responses=answers(QueuedTaskOut, 401, 403, 404, 409), **require(SIGNED_IN)
)
async def cancel_queued_task(task_id: UUID, session: SessionDep, actor: ActorDep) -> None:
    """Cancel work that you asked for; what runs ends within moments."""
    await TaskQueue(session).cancel(task_id, actor.user_id)
