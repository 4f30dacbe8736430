"""The API of the site's own calls: answers whole or streamed, stopping, and how the providers are."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.modules.ai.calling.health import providers_now
from stoa.modules.ai.calling.schemas import LONGEST_TEXT, ChatAnswer, ChatAsk, ProviderList, Said
from stoa.modules.ai.calling.service import CallingService, Event, answer, events
from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.usage.reading import UsageReads
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import PermissionDenied
from stoa.shared.security import Actor, ActorDep, require

NEEDS = "use:ai"
router = APIRouter(prefix="/ai", tags=["ai"])
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events: start, delta, usage, done or error"}
}
_FAULTS = (401, 403, 404, 422, 429, 502, 503, 504)


@router.post("/chat", responses=answers(ChatAnswer, *_FAULTS), **require(NEEDS))
async def chat(ask: ChatAsk, actor: ActorDep, request: Request) -> Response:
    """Answer a conversation; nothing of it is kept but what it cost."""
    begun = await CallingService(engine_of(request)).begin(ask, actor, streams=False)
    told = await answer(begun)
    return private_json(told.model_dump_json(), headers=begun.limit_headers())


@router.post("/stream", responses={**answers(ChatAnswer, *_FAULTS), **_STREAM}, **require(NEEDS))
async def stream(ask: ChatAsk, actor: ActorDep, request: Request) -> Response:
    """The same, as server-sent events while it is made."""
    return await _streamed(ask, actor, request)


@router.get("/stream", responses={**answers(ChatAnswer, *_FAULTS), **_STREAM}, **require(NEEDS))
async def stream_prompt(
    actor: ActorDep,
    request: Request,
    prompt: Annotated[str, Query(min_length=1, max_length=min(LONGEST_TEXT, 4_000))],
    model: Annotated[str, Query(min_length=1, max_length=200)] = "stoa-chat",
) -> Response:
    """The same for one short question, for an EventSource."""
    if actor.credential == "cookie" and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise PermissionDenied("Another site may not ask with your session.")
    ask = ChatAsk(messages=[Said(role="user", content=prompt)], model=model)
    return await _streamed(ask, actor, request)


@router.post("/calls/{call_id}/stop", status_code=204, responses=answers(ChatAnswer, 401, 403, 404), **require(NEEDS))
async def stop_call(call_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> None:
    """End a call of yours that still runs; what came until then is kept and billed."""
    reads = UsageReads(reads_of(request))
    await CallingService(engine_of(request)).stop(call_id, actor, reads, session)


@router.get("/providers", responses=answers(ProviderList, 401, 403), **require(NEEDS))
async def providers(request: Request) -> Response:
    """Who answers here, for what, and how well in the last hour."""
    told = await providers_now(engine_of(request), UsageReads(reads_of(request)))
    return private_json(told.model_dump_json())


async def _streamed(ask: ChatAsk, actor: Actor, request: Request) -> Response:
    begun = await CallingService(engine_of(request)).begin(ask, actor, streams=True)
    return sse(begun.limit_headers(), events(begun))


def sse(headers: Mapping[str, str], told: AsyncIterator[Event]) -> Response:
    """Events of a call as a browser's EventSource reads them."""
    told_lines = _lines(told)
    return StreamingResponse(
        told_lines, media_type="text/event-stream", headers={"cache-control": "no-store", **headers}
    )


async def _lines(told: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    async for name, data in told:
        yield b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
