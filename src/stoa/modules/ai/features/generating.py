"""Texts from templates: filled in, asked of a model, kept for whoever asks the very same again. Knows no HTTP."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from stoa.modules.ai.calling.service import Event, events
from stoa.modules.ai.engine.service import Begun
from stoa.modules.ai.features.asking import Asking, Question
from stoa.modules.ai.features.schemas import Generated, GenerateIn
from stoa.modules.ai.templates.prompts import Prompt, fill
from stoa.modules.ai.templates.service import TemplateReads
from stoa.shared.security import Actor

_WORDS: Final[Mapping[str, str]] = {
    "short": "at most 120 words",
    "medium": "about 350 words",
    "long": "about 900 words",
}
_MOST_TOKENS: Final[Mapping[str, int]] = {"short": 300, "medium": 900, "long": 2_400}


class Generating:
    def __init__(self, asking: Asking, templates: TemplateReads) -> None:
        self._asking = asking
        self._templates = templates

    async def whole(self, ask: GenerateIn, actor: Actor) -> Generated:
        """Raises TemplateNotFound, InvalidInput, what `Engine.begin` raises, ProviderFault."""
        prompt = await self._templates.prompt(ask.template, ask.version)
        told = await self._asking.whole(_question(ask, prompt), actor, is_fresh=ask.is_fresh)
        return Generated.model_validate({**told, "template": {"name": prompt.name, "version": prompt.version}})

    async def streamed(self, ask: GenerateIn, actor: Actor) -> tuple[Begun, AsyncIterator[Event]]:
        """Begun when this returns; never from what is kept."""
        prompt = await self._templates.prompt(ask.template, ask.version)
        begun = await self._asking.streamed(_question(ask, prompt), actor)
        return begun, events(begun)


def _question(ask: GenerateIn, prompt: Prompt) -> Question:
    common = {"tone": ask.tone or "", "length": _WORDS[ask.length], "language": ask.language.strip()}
    filled = fill(prompt, ask.parameters, common)
    parts = (("template", prompt.name), ("version", prompt.version))
    typed = "\n".join(ask.parameters.values())
    return Question(f"generate:{prompt.name}", ask.model, filled, _MOST_TOKENS[ask.length], parts, typed)
