"""The API of feedback: people rate answers, the owner reads how good they are."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.errors import CallNotFound
from stoa.modules.ai.feedback import queries
from stoa.modules.ai.feedback.repository import FeedbackRepository
from stoa.modules.ai.feedback.schemas import FeedbackIn, Quality
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/ai/feedback", tags=["ai"])
admin_router = APIRouter(prefix="/admin/ai/feedback", tags=["ai"])


@router.post("", status_code=204, responses=answers(Quality, 401, 403, 404), **require("use:ai"))
async def rate_answer(said: FeedbackIn, actor: ActorDep, session: SessionDep) -> None:
    """Rate an answer of yours; what you said of it before is replaced."""
    if not await FeedbackRepository(session).put(said.id, actor.user_id, said.rating, said.comment.strip()):
        raise CallNotFound("that has ended")


@admin_router.get("", responses=answers(Quality, 401, 403), **require("manage:ai"))
async def quality(request: Request) -> Response:
    """How useful people found the answers, by feature, provider and model."""
    return private_json(await reads_of(request).fetch_value(queries.QUALITY))
