"""How every feature asks a model: filled in, kept for who asks the very same again; and notes what needed no model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stoa.modules.ai.calling.service import answer
from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.engine.service import Begun, Engine
from stoa.modules.ai.errors import ModelNotFound
from stoa.modules.ai.features.kept import KeptAnswers, Told, key_of
from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.templates.prompts import Filled
from stoa.modules.ai.terms import PLAIN_METHOD, Caller, Usage
from stoa.shared.cache import Cache
from stoa.shared.security import Actor


@dataclass(frozen=True, slots=True)
class Question:
    """What one feature asks a model. `parts` tell apart what the body does not: they are part of the cache's key.

    `typed` is what a person wrote for the model to follow; a text that is worked with is none of it.
    """

    feature: str
    model: str
    filled: Filled
    most_tokens: int
    parts: tuple[tuple[str, object], ...] = ()
    typed: str = ""

    def request(self, actor: Actor, *, streams: bool) -> Request:
        body: dict[str, Any] = {
            "messages": [
                {"role": "system", "content": self.filled.instructions},
                {"role": "user", "content": self.filled.question},
            ],
            "max_tokens": self.most_tokens,
        }
        return Request(
            caller_of(actor), actor.role, self.feature, self.model, "chat/completions", body, streams, self.typed
        )


class Asking:
    """`begins` hears of each call that a provider is asked for, so that whoever waits for it may end it."""

    def __init__(self, engine: Engine, cache: Cache, begins: Callable[[Generation], None] | None = None) -> None:
        self._engine = engine
        self._begins = begins
        self._kept = KeptAnswers(cache, engine)

    async def whole(self, question: Question, actor: Actor, *, is_fresh: bool = False) -> Told:
        """`id`, `text`, `provider`, `model`, `finish_reason`, `usage`, `is_cached`.

        Raises what `Engine.begin` raises, ProviderFault.
        """
        request = question.request(actor, streams=False)

        async def make() -> Told:
            begun = await self._begin(request)
            return (await answer(begun)).model_dump(mode="json")

        if is_fresh:
            return {**await make(), "is_cached": False}
        key = key_of(request, f"user:{actor.user_id}", **dict(question.parts))
        return await self._kept.answer(request, key, make)

    async def streamed(self, question: Question, actor: Actor) -> Begun:
        """Begun when this returns; never from what is kept."""
        return await self._begin(question.request(actor, streams=True))

    async def room(self, model: str) -> int | None:
        """Tokens that fit every model behind that name; None where only the embedded one answers, or nobody."""
        candidates = await self._engine.able(model)
        return min((self._engine.window(one) for one in candidates), default=None)

    async def window(self, model: str) -> int | None:
        """Tokens that fit every model that may answer to that name, the embedded one too; None where nobody does."""
        try:
            candidates = await self._engine.candidates(model)
        except ModelNotFound:
            return None
        return min((self._engine.window(one) for one in candidates), default=None)

    async def plain(self, feature: str, text: str, actor: Actor) -> Told:
        """What is told of an answer that no model gave. Raises LimitReached."""
        await ready()
        usage = Usage(count(text), 0, source="none")
        request = Request(caller_of(actor), actor.role, feature, PLAIN_METHOD.model, "chat/completions", {})
        call_id = await self._engine.note_free(request, PLAIN_METHOD, usage)
        used = {"input_tokens": usage.input, "output_tokens": 0, "cost_micro_usd": 0, "source": usage.source}
        who = {"provider": PLAIN_METHOD.provider, "model": PLAIN_METHOD.model}
        return {"id": str(call_id), **who, "usage": used, "is_cached": False}

    async def _begin(self, request: Request) -> Begun:
        begun = await self._engine.begin(request)
        if self._begins is not None:
            self._begins(begun.generation)
        await begun.generation.opened()
        return begun


def caller_of(actor: Actor) -> Caller:
    return Caller(actor.user_id, actor.tier, actor.key_id)
