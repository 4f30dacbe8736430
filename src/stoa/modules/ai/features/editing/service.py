"""Offers made to an author: by a model where a good one is set up, by a plain method where that does better than a
tiny model. Nothing is changed by them. Knows no HTTP.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from stoa.modules.ai.calling.service import Event, events
from stoa.modules.ai.features.asking import Asking, Question
from stoa.modules.ai.features.editing.schemas import Edited, EditIn
from stoa.modules.ai.features.editing.tools import TOOLS, EditTool, choices_of
from stoa.modules.ai.plain.summary import summarise
from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.templates.prompts import fill
from stoa.shared.errors import FieldFault, InvalidInput
from stoa.shared.security import Actor

_FRAME: Final = 400
_CHARACTERS_OF_END: Final = 8_000


class Editing:
    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def offer(self, ask: EditIn, actor: Actor) -> Edited:
        """Raises InvalidInput for a text that no model holds, what `Engine.begin` raises, ProviderFault."""
        tool = TOOLS[ask.tool]
        if not await self._is_plain(ask, tool):
            told = await self._asking.whole(await self._question(ask, tool), actor, is_fresh=ask.is_fresh)
            choices = choices_of(ask.tool, told["text"])
            if _is_usable(ask, choices) or tool.plainly is None:
                text = "\n".join(choices)
                return Edited.model_validate(
                    {**told, "method": "model", "tool": ask.tool, "text": text, "choices": choices}
                )
        return await self._plain(ask, tool, actor)

    async def streamed(self, ask: EditIn, actor: Actor) -> tuple[Mapping[str, str], AsyncIterator[Event]]:
        """Headers, and the events of an answer that has begun; a plain one comes in one piece."""
        tool = TOOLS[ask.tool]
        if await self._is_plain(ask, tool):
            return {}, _at_once(await self._plain(ask, tool, actor))
        begun = await self._asking.streamed(await self._question(ask, tool), actor)
        return begun.limit_headers(), events(begun)

    async def _is_plain(self, ask: EditIn, tool: EditTool) -> bool:
        if tool.plainly is None or ask.method == "model":
            return False
        return ask.method == "plain" or await self._asking.room(_model(ask, tool)) is None

    async def _plain(self, ask: EditIn, tool: EditTool, actor: Actor) -> Edited:
        choices = tool.plainly(ask) if tool.plainly else []
        told = await self._asking.plain(_feature(ask), ask.text or ask.instruction, actor)
        text = "\n".join(choices)
        return Edited.model_validate({**told, "method": "plain", "tool": ask.tool, "text": text, "choices": choices})

    async def _question(self, ask: EditIn, tool: EditTool) -> Question:
        await ready()
        window = await self._asking.window(_model(ask, tool))
        answer = tool.most_tokens if window is None else min(tool.most_tokens, window // 3)
        room = None if window is None else window - answer - _FRAME - count(ask.instruction)
        given = {
            "text": _fitting(ask.text, tool, room),
            "title": ask.title,
            "instruction": ask.instruction,
            "known": ", ".join(ask.known_tags),
        }
        prompt = tool.prompt
        filled = fill(
            prompt,
            {name: given[name] for name in prompt.parameters},
            {"tone": ask.tone or "", "language": ask.language.strip()},
        )
        parts = (("template", prompt.name), ("version", prompt.version))
        return Question(_feature(ask), _model(ask, tool), filled, answer, parts, ask.instruction)


def _feature(ask: EditIn) -> str:
    return f"edit:{ask.tool}"


def _model(ask: EditIn, tool: EditTool) -> str:
    return ask.model or f"stoa-{tool.route}"


def _fitting(text: str, tool: EditTool, room: int | None) -> str:
    """What of the text the model can hold, in `room` tokens."""
    if tool.reads == "end":
        text = text[-_CHARACTERS_OF_END:]
        while room is not None and text and count(text) > room:
            text = text[len(text) // 4 + 1 :]
        return text
    if room is None or count(text) <= room:
        return text
    if tool.reads == "all":
        message = f"The text is too long for this model: {count(text):,} tokens, and it can take {max(0, room):,}."
        raise InvalidInput(
            f"{message} Select a part of it.", faults=(FieldFault("body.text", f"{message} Select a part of it."),)
        )
    kept = 256
    while count(text) > room and kept:
        text, kept = " ".join(summarise(text, kept)), kept // 2
    return text


def _is_usable(ask: EditIn, choices: list[str]) -> bool:
    """Something was written; what shall be shorter is shorter."""
    return bool(choices) and (ask.tool != "shorten" or len(choices[0]) < len(ask.text))


async def _at_once(offer: Edited) -> AsyncIterator[Event]:
    yield "start", {"id": str(offer.id), "provider": offer.provider, "model": offer.model}
    yield "delta", {"text": offer.text}
    yield "usage", offer.usage.model_dump(mode="json")
    yield "done", {"finish_reason": "stop"}
