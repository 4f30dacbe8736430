"""Texts from templates: filled in, asked of a model, kept for whoever asks the very same again. Knows no HTTP."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from stoa.modules.ai.calling.service import Event, answer, events
from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.service import Begun, Engine
from stoa.modules.ai.features.kept import KeptAnswers, Told, key_of
from stoa.modules.ai.features.schemas import Generated, GenerateIn
from stoa.modules.ai.templates.prompts import Prompt, fill
from stoa.modules.ai.templates.service import TemplateReads
from stoa.modules.ai.terms import Caller
from stoa.shared.cache import Cache
from stoa.shared.security import Actor

_WORDS: Final[Mapping[str, str]] = {
    "short": "at most 120 words",
    "medium": "about 350 words",
    "long": "about 900 words",
}
_MOST_TOKENS: Final[Mapping[str, int]] = {"short": 300, "medium": 900, "long": 2_400}


class Generating:
    def __init__(self, engine: Engine, templates: TemplateReads, cache: Cache) -> None:
        self._engine = engine
        self._templates = templates
        self._kept = KeptAnswers(cache, engine)

    async def whole(self, ask: GenerateIn, actor: Actor) -> Generated:
        """Raises TemplateNotFound, InvalidInput, what `Engine.begin` raises, ProviderFault."""
        prompt = await self._templates.prompt(ask.template, ask.version)
        request = _request(ask, prompt, actor, streams=False)

        async def make() -> Told:
            begun = await self._begin(request)
            return (await answer(begun)).model_dump(mode="json")

        if ask.is_fresh:
            told = {**await make(), "is_cached": False}
        else:
            key = key_of(request, f"user:{actor.user_id}", template=prompt.name, version=prompt.version)
            told = await self._kept.answer(request, key, make)
        return Generated.model_validate({**told, "template": {"name": prompt.name, "version": prompt.version}})

    async def streamed(self, ask: GenerateIn, actor: Actor) -> tuple[Begun, AsyncIterator[Event]]:
        """Begun when this returns; never from what is kept."""
        prompt = await self._templates.prompt(ask.template, ask.version)
        begun = await self._begin(_request(ask, prompt, actor, streams=True))
        return begun, events(begun)

    async def _begin(self, request: Request) -> Begun:
        begun = await self._engine.begin(request)
        await begun.generation.opened()
        return begun


def _request(ask: GenerateIn, prompt: Prompt, actor: Actor, *, streams: bool) -> Request:
    common = {"tone": ask.tone or "", "length": _WORDS[ask.length], "language": ask.language.strip()}
    filled = fill(prompt, ask.parameters, common)
    body: dict[str, Any] = {
        "messages": [
            {"role": "system", "content": filled.instructions},
            {"role": "user", "content": filled.question},
        ],
        "max_tokens": _MOST_TOKENS[ask.length],
    }
    caller = Caller(actor.user_id, actor.tier, actor.key_id)
    return Request(caller, actor.role, f"generate:{prompt.name}", ask.model, "chat/completions", body, streams)
