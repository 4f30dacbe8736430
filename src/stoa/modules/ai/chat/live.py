"""One answer while this process writes it: its text so far, and who waits for more."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from stoa.modules.ai.engine.generation import Generation
from stoa.shared.security import Actor

_LONG: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What an answer is written to. `before_id` is the message before the question; `model` as the engine names it."""

    conversation_id: UUID
    answer_id: UUID
    before_id: UUID | None
    question: str
    actor: Actor
    model: str
    system_prompt: str
    is_grounded: bool
    includes_drafts: bool
    has_title: bool


@dataclass(slots=True)
class Live:
    """`sources` is None until they are known; `has_ended`: all of it stands in the database, or `is_gone`."""

    ask: Ask
    text: str = ""
    sources: list[dict[str, Any]] | None = None
    generation: Generation | None = None
    is_stop_asked: bool = False
    has_ended: bool = False
    is_gone: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, text: str) -> None:
        """What PostgreSQL cannot hold is left out."""
        if text:
            self.text += text.encode("utf-8", "ignore").decode().replace("\0", "")
            self.tell()

    def know(self, sources: list[dict[str, Any]]) -> None:
        self.sources = sources
        self.tell()

    def begin(self, generation: Generation) -> None:
        self.generation = generation
        if self.is_stop_asked:
            generation.stop()

    def stop(self) -> None:
        self.is_stop_asked = True
        if self.generation is not None:
            self.generation.stop()

    def end(self) -> None:
        self.has_ended = True
        self.tell()

    def tell(self) -> None:
        """Wakes all who wait."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def ended(self) -> None:
        while not self.has_ended:
            await self.wait(_LONG)

    async def wait(self, seconds: float) -> None:
        """Until something changed, or so long."""
        if not self.has_ended:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
