"""The API of events, for those who look after the site."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import ActorDep, require

from .schemas import DeadLetter, DeadQuery, EventState, Replay, Replayed
from .service import EventReads
from .upkeep import WholeWay, replay, whole_way

router = APIRouter(prefix="/admin/events", tags=["admin"])


@router.get("/state", responses=answers(EventState, 401, 403), **require("manage:events"))
async def get_event_state(request: Request) -> Response:
    """Read how many events and tasks wait."""
    return private_json(await EventReads(reads_of(request)).state())


@router.get(
    "/dead",
    responses=answers(Page[DeadLetter], 401, 403),
    **require("manage:events", list_parameters(DeadQuery)),
)
async def list_dead_letters(request: Request) -> Response:
    """List the events that were given up, newest first."""
    query = query_of(request, DeadQuery)
    page = await EventReads(reads_of(request)).dead(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/{event_id}", responses=answers(WholeWay, 401, 403, 404), **require("manage:events"))
async def get_event_way(event_id: UUID, request: Request) -> Response:
    """Read where an event is now: recorded, relayed, each handler, each delivery."""
    return private_json(await whole_way(reads_of(request), event_id, request.app.state.expected_handlers))


@router.post("/{event_id}/replay", responses=answers(Replayed, 401, 403, 404), **require("manage:events"))
async def replay_event(event_id: UUID, wanted: Replay, session: SessionDep, actor: ActorDep) -> Replayed:
    """Have a dead letter tried again."""
    return Replayed(handlers=await replay(session, event_id, wanted.handler, actor))
