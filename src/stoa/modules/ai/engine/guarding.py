"""What people ask is scored first: noted where it looks like an attempt to take the model over, or refused."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog

from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.errors import LooksLikeInjection
from stoa.modules.ai.guards.injection import injection

log = structlog.get_logger("stoa.ai")
_SHORT: Final = 600


@dataclass(frozen=True, slots=True)
class InputGuard:
    """`refuse` what both stages are sure of, and in the strict tiers what one of them is; `log` it only; or `off`."""

    does: Literal["refuse", "log", "off"] = "refuse"
    strict_tiers: frozenset[str] = frozenset()

    async def admit(self, request: Request) -> bool:
        """Whether it was noted. Raises LooksLikeInjection."""
        if self.does == "off" or not request.typed:
            return False
        text = request.typed
        found = injection(text) if len(text) <= _SHORT else await asyncio.to_thread(injection, text)
        if not found.is_noted:
            return False
        tier = request.caller.tier
        is_refused = self.does == "refuse" and (found.is_certain or tier in self.strict_tiers)
        log.warning(
            "a question looks like an injection", feature=request.feature, user=str(request.caller.user_id), tier=tier,
            patterns=found.patterns, model=found.model, found=list(found.found[:3]), is_refused=is_refused,
        )  # fmt: skip
        if is_refused:
            raise LooksLikeInjection(found.found)
        return True


def typed_in(messages: Sequence[Mapping[str, Any]]) -> str:
    """What the user said since the last answer, of OpenAI-style messages."""
    said: list[str] = []
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        if message.get("role") == "user":
            said.append(_text(message.get("content")))
    return "\n".join(reversed(said))


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
