"""The calls this process has under way: shown to be alive, stopped on request, ended in order when the process ends."""

import asyncio
from typing import Final
from uuid import UUID

from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.limits.limits import Limits

_BEAT_SECONDS: Final = 5.0
_ENDING: Final = "The server stopped."


class Running:
    def __init__(self, ledger: Ledger, limits: Limits) -> None:
        self._ledger = ledger
        self._limits = limits
        self._calls: dict[UUID, tuple[Generation, str]] = {}
        self._beat: asyncio.Task[None] | None = None

    def add(self, generation: Generation, who: str) -> None:
        """Starts it; it takes itself out once it is settled."""
        self._calls[generation.id] = (generation, who)
        generation.start().add_done_callback(lambda _: self._calls.pop(generation.id, None))
        if self._beat is None:
            self._beat = asyncio.create_task(self._beat_for_ever(), name="ai heartbeats")

    def stop(self, call_id: UUID) -> None:
        found = self._calls.get(call_id)
        if found is not None:
            found[0].stop()

    @property
    def count(self) -> int:
        return len(self._calls)

    async def close(self, patience: float) -> None:
        """Let what runs come to its end for `patience` seconds, then stop it; all of it is settled after this."""
        if self._calls:
            await asyncio.wait([asyncio.create_task(g.ended()) for g, _ in self._calls.values()], timeout=patience)
        left = [generation for generation, _ in self._calls.values()]
        for generation in left:
            generation.stop(_ENDING)
        await asyncio.gather(*(generation.ended() for generation in left), return_exceptions=True)
        if self._beat is not None:
            self._beat.cancel()

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            calls = list(self._calls.values())
            await self._ledger.keep_alive({generation.id: generation.tokens_seen for generation, _ in calls})
            for generation, who in calls:
                if generation.streams:
                    await self._limits.keep(who, generation.id)
