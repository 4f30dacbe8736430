"""The site's own calls of models: text in, text out, whole or as it comes. Knows no HTTP."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.calling.deltas import deltas_of
from stoa.modules.ai.calling.schemas import ChatAnswer, ChatAsk
from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.engine.guarding import typed_in
from stoa.modules.ai.engine.service import Begun, Engine
from stoa.modules.ai.engine.stops import announce_stop
from stoa.modules.ai.errors import CallNotFound
from stoa.modules.ai.terms import Caller
from stoa.modules.ai.usage.reading import UsageReads
from stoa.shared.security import Actor

FEATURE: Final = "chat"
Event = tuple[str, dict[str, Any]]


class CallingService:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def begin(self, ask: ChatAsk, actor: Actor, *, streams: bool) -> Begun:
        """Answered by a provider when this returns. Raises what `Engine.begin` raises, ProviderFault."""
        body: dict[str, Any] = {"messages": [said.model_dump() for said in ask.messages]}
        body |= {
            name: value
            for name, value in (("max_tokens", ask.max_tokens), ("temperature", ask.temperature))
            if value is not None
        }
        caller = Caller(actor.user_id, actor.tier, actor.key_id)
        begun = await self._engine.begin(
            Request(
                caller, actor.role, FEATURE, ask.model, "chat/completions", body, streams, typed_in(body["messages"])
            )
        )
        await begun.generation.opened()
        return begun

    async def stop(self, call_id: UUID, actor: Actor, reads: UsageReads, session: AsyncSession) -> None:
        """End a call of one's own that still runs, in whichever process. Raises CallNotFound."""
        if await reads.owner_of_open_call(call_id) != actor.user_id:
            raise CallNotFound
        await announce_stop(session, call_id)


async def answer(begun: Begun) -> ChatAnswer:
    """The whole answer. Raises ProviderFault when it breaks off."""
    text = "".join([text async for text in deltas_of(begun, streams=False)])
    return ChatAnswer.model_validate({**_told(begun), "text": text})


async def events(begun: Begun) -> AsyncIterator[Event]:
    """`start`, `delta` ..., `usage` and `done`, or `error`."""
    generation = begun.generation
    opened = await generation.opened()
    target = opened.candidate.target
    yield "start", {"id": str(generation.id), "provider": target.provider, "model": target.model}
    async for text in deltas_of(begun, streams=True, complains=False):
        yield "delta", {"text": text}
    told = _told(begun)
    yield "usage", told["usage"]
    outcome = generation.outcome
    if outcome is not None and outcome.status == "complete":
        yield "done", {"finish_reason": told["finish_reason"]}
    else:
        status = outcome.status if outcome is not None else "error"
        yield "error", {"status": status, "detail": _fault_of(generation)}


def _told(begun: Begun) -> dict[str, Any]:
    bill = begun.bill()
    return {
        "id": str(begun.generation.id),
        "provider": bill.target.provider if bill.target else "",
        "model": bill.target.model if bill.target else "",
        "finish_reason": bill.finish_reason,
        "usage": {
            "input_tokens": bill.usage.input,
            "output_tokens": bill.usage.output,
            "cost_micro_usd": bill.cost,
            "source": bill.usage.source,
        },
    }


def _fault_of(generation: Generation) -> str:
    outcome = generation.outcome
    return (outcome.fault if outcome is not None else None) or "The answer broke off."
