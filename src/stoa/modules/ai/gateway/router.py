"""The gateway: any OpenAI client works against /v1 with an API key of this site."""

from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.modules.ai.engine.asking import Path, names_of
from stoa.modules.ai.engine.asking import Request as Ask
from stoa.modules.ai.engine.guarding import typed_in
from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.engine.service import Begun
from stoa.modules.ai.gateway.bodies import check_chat, check_embeddings, read_body, wants_usage
from stoa.modules.ai.gateway.documents import CHAT, EMBEDDINGS, gives
from stoa.modules.ai.gateway.faults import error_event
from stoa.modules.ai.gateway.framing import without_usage
from stoa.modules.ai.gateway.schemas import ChatOut, EmbeddingsOut, GatewayModelList
from stoa.modules.ai.providers.protocol import ProviderFault
from stoa.modules.ai.terms import Caller
from stoa.shared.clock import utc_now
from stoa.shared.security import Actor, ActorDep, actor_with, declares, require

NEEDS: Final = "use:gateway"
FEATURE: Final = "gateway"
router = APIRouter(prefix="/v1", tags=["gateway"])


@router.post("/chat/completions", responses=gives(ChatOut), **declares(NEEDS, CHAT))
async def chat_completions(request: Request) -> Response:
    """Answer a chat, plain or streamed, with the site's models; OpenAI's request and answer."""
    actor = await actor_with(request, NEEDS)
    body = await read_body(request)
    check_chat(body)
    return await _answer(request, actor, "chat/completions", body)


@router.post("/embeddings", responses=gives(EmbeddingsOut), **declares(NEEDS, EMBEDDINGS))
async def embeddings(request: Request) -> Response:
    """Turn texts into vectors; OpenAI's request and answer."""
    actor = await actor_with(request, NEEDS)
    body = await read_body(request)
    check_embeddings(body)
    return await _answer(request, actor, "embeddings", body)


@router.get("/models", responses=gives(GatewayModelList), **require(NEEDS))
async def models(request: Request, _: ActorDep) -> Response:
    """List the models there are: the site's own choices (`stoa-chat` ...) and those of its providers."""
    names = names_of(await engine_of(request).setup.current())
    made = int(utc_now().timestamp())
    items = [{"id": name, "object": "model", "created": made, "owned_by": _owner(name)} for name in names]
    return _json(orjson.dumps({"object": "list", "data": items}), {})


async def _answer(request: Request, actor: Actor, path: Path, body: dict[str, Any]) -> Response:
    streams = path == "chat/completions" and bool(body.get("stream"))
    ask = Ask(
        caller=Caller(actor.user_id, actor.tier, actor.key_id),
        role=actor.role,
        feature=FEATURE,
        model=body["model"],
        path=path,
        body=body,
        streams=streams,
        typed=typed_in(body.get("messages", ())),
    )
    begun = await engine_of(request).begin(ask)
    opened = await begun.generation.opened()
    headers = _headers(begun, str(opened.candidate.target))
    if streams:
        stream = _events(begun, hides_usage=not wants_usage(body))
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
    content = b"".join([chunk async for chunk in begun.generation.chunks()])
    outcome = begun.generation.outcome
    if outcome is None or outcome.status != "complete":
        raise ProviderFault("cut", (outcome and outcome.fault) or "The provider broke off.")
    cost = begun.bill().cost
    if cost is not None:
        headers["x-stoa-cost-micro-usd"] = str(cost)
    return _json(content, headers)


async def _events(begun: Begun, *, hides_usage: bool) -> AsyncIterator[bytes]:
    generation = begun.generation
    chunks = generation.chunks()
    async for chunk in without_usage(chunks) if hides_usage else chunks:
        yield chunk
    outcome = generation.outcome
    if outcome is not None and outcome.status != "complete":
        yield error_event(outcome.fault or "The answer broke off.", f"answer_{outcome.status}")


def _headers(begun: Begun, target: str) -> dict[str, str]:
    """As OpenAI names them where it has names."""
    provider, _, model = target.partition("/")
    return {
        "cache-control": "no-store",
        "x-stoa-call": str(begun.generation.id),
        "x-stoa-provider": provider,
        "x-stoa-model": model,
        "x-stoa-cache": "off",
        **begun.limit_headers(),
    }


def _json(content: bytes, headers: dict[str, str]) -> Response:
    return Response(content, headers={"cache-control": "no-store", **headers}, media_type="application/json")


def _owner(name: str) -> str:
    provider, slash, _ = name.partition("/")
    return provider if slash else "stoa"
