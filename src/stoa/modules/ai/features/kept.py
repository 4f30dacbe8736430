"""Answers to the very same request, kept for a day: exact, never by likeness. A hit costs nothing and says so."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.terms import Target, Usage
from stoa.shared.cache import Cache

_SECONDS: Final = 86_400
Told = dict[str, Any]
"""An answer as JSON: with `id`, `text`, `provider`, `model`, `usage`."""


def key_of(request: Request, visibility: str, **parts: object) -> str:
    """The same for the same request, whoever asks with the same right to see it; names nobody and nothing."""
    said: Mapping[str, object] = {
        "feature": request.feature,
        "model": request.model,
        "body": request.body,
        "visibility": visibility,
        **parts,
    }
    canonical = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return f"ai:{hashlib.blake2b(canonical, digest_size=20).hexdigest()}"


class KeptAnswers:
    def __init__(self, cache: Cache, engine: Engine) -> None:
        self._cache = cache
        self._engine = engine

    async def answer(self, request: Request, key: str, make: Callable[[], Awaitable[Told]]) -> Told:
        """What was kept, else what `make` answers; of those who ask the same at the same time one asks the model."""
        made: list[Told] = []

        async def once() -> bytes:
            made.append(await make())
            return orjson.dumps(made[0])

        told: Told = orjson.loads(await self._cache.get_or_make(key, once, seconds=_SECONDS))
        if made:
            return {**told, "is_cached": False}
        return await self._hit(request, told)

    async def _hit(self, request: Request, told: Told) -> Told:
        used = told["usage"]
        usage = Usage(used["input_tokens"], used["output_tokens"], source="cache")
        call_id: UUID = await self._engine.note_free(request, Target(told["provider"], told["model"]), usage)
        free = {**used, "cost_micro_usd": 0, "source": "cache"}
        return {**told, "id": str(call_id), "is_cached": True, "usage": free}
