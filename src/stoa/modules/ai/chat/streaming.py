"""An answer as server-sent events over HTTP."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.following import Following, Mark, Seats
from stoa.modules.ai.chat.reading import ChatReads
from stoa.shared.database import reads_of
from stoa.shared.security import Actor

TYPE: Final = "text/event-stream"
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


class AnswerStream(Response):
    """Its seat is taken when it begins and given back however it ends."""

    media_type = TYPE

    def __init__(self, request: Request, actor: Actor, mark: Mark) -> None:
        super().__init__()
        answering: Answering = request.app.state.chat
        self._seats: Seats = request.app.state.chat_seats
        self._user_id = actor.user_id
        self._following = Following(answering, ChatReads(reads_of(request), actor.user_id), mark)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._seats.seat(self._user_id):
            answer = StreamingResponse(self._following.parts(), headers=_HEADERS, media_type=TYPE)
            await answer(scope, receive, send)
