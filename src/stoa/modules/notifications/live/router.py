"""The stream that open pages listen to. While it waits it holds no connection to the database."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from stoa.modules.notifications.live.hub import Hub
from stoa.modules.notifications.live.stream import Stream
from stoa.modules.notifications.reading import NotificationReads
from stoa.shared.database import reads_of
from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.security import SIGNED_IN, Actor, ActorDep, Gate, require

router = APIRouter(prefix="/notifications", tags=["notifications"])
_TYPE = "text/event-stream"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_LONGEST_NUMBER = 18
_NEVER = int("9" * _LONGEST_NUMBER)
LastId = Annotated[str | None, Header(alias="last-event-id", max_length=64, description="Go on after that number.")]
LastIdQuery = Annotated[str | None, Query(max_length=64, description="The same, for who cannot set headers.")]
_ANSWERS = {
    200: {"content": {_TYPE: {"schema": {"type": "string"}}}, "description": "Events, one after the other"},
    **{status: {"description": "A problem document"} for status in (400, 401, 403, 429, 503)},
}


class StreamResponse(Response):
    """Its room is taken when it begins and given back however it ends."""

    media_type = _TYPE

    def __init__(self, hub: Hub, user_id: UUID, make: Callable[..., Stream]) -> None:
        super().__init__()
        self._hub = hub
        self._user_id = user_id
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._hub.place(self._user_id) as place:
            answer = StreamingResponse(self._make(place=place).parts(), headers=_HEADERS, media_type=_TYPE)
            await answer(scope, receive, send)


@router.get("/stream", response_class=StreamingResponse, responses=_ANSWERS, **require(SIGNED_IN))  # type: ignore[arg-type] # a mapping of plain facts
async def stream_notifications(
    request: Request, actor: ActorDep, last_event_id: LastIdQuery = None, last_id: LastId = None
) -> Response:
    """Hear of notices and of the unread count as they come (server-sent events `unread`, `notification`, `reset`)."""
    hub: Hub = request.app.state.hub
    make = partial(
        Stream,
        NotificationReads(reads_of(request)),
        actor.user_id,
        is_allowed=_still(request, actor),
        last=_number(last_id or last_event_id),
    )
    return StreamResponse(hub, actor.user_id, make)


def _still(request: Request, actor: Actor) -> Callable[[], Awaitable[bool]]:
    """Whether the same person would be let in now; what the request knows of them is not used."""
    gate: Gate = request.app.state.gate

    async def is_allowed() -> bool:
        try:
            now = await gate.identify(request)
        except Unavailable:
            raise
        except StoaError:
            return False
        return now is not None and now.id == actor.id

    return is_allowed


def _number(sent: str | None) -> int | None:
    """What is no number of ours is none that can be known: it leads to a `reset`."""
    if not sent:
        return None
    if sent.isascii() and sent.isdigit() and len(sent) <= _LONGEST_NUMBER:
        return int(sent)
    return _NEVER
