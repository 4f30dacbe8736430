"""The API of preferences."""

from fastapi import APIRouter
from starlette.requests import Request

from stoa.modules.notifications.preferences.schemas import GridIn, GridOut
from stoa.modules.notifications.preferences.service import PreferenceReads, PreferenceService
from stoa.shared.answers import answers
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, SIGNED_IN, ActorDep, require

router = APIRouter(prefix="/notifications/preferences", tags=["notifications"])


@router.get("", responses=answers(GridOut, 401, 403), **require(SIGNED_IN))
async def get_preferences(request: Request, actor: ActorDep) -> GridOut:
    """Read what you want to hear of, and how: every category by every channel."""
    return await PreferenceReads(reads_of(request)).grid(actor.user_id)


@router.put("", status_code=204, responses=answers(GridOut, 401, 403, 422), **require(OWN_ACCOUNT))
async def change_preferences(change: GridIn, actor: ActorDep, session: SessionDep) -> None:
    """Choose for some cells of the grid; the others stay. It acts on the next notice."""
    await PreferenceService(session).choose(actor.user_id, change.preferences)
