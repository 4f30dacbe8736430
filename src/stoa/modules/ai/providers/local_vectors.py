"""Vectors made on this machine, in OpenAI's form: by the model that comes with the extra `semantic`.

Texts of calls that come at the same time go through the model together.
"""

import base64
from array import array
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson

from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.providers.protocol import Ask, ProviderFault
from stoa.modules.ai.setup.snapshot import VECTORS, ProviderSetup
from stoa.shared.embedding import DIMENSIONS, Embedder, is_installed
from stoa.shared.settings_parts import AiSettings

_MOST_TEXTS: Final = 256


def vectors(setup: ProviderSetup, _: AiSettings) -> "LocalVectors":
    return LocalVectors(setup)


class LocalVectors:
    """Texts are embedded as passages; with `input_type` `query` as questions about them."""

    def __init__(self, setup: ProviderSetup) -> None:
        self.name = setup.name
        self.kind = setup.kind
        self._embedder = Embedder()

    async def open(self, ask: Ask, _: str | None) -> "WholeAnswer":
        texts = _texts_of(ask)
        if not is_installed():
            raise ProviderFault("unreachable", f"{self.name} needs the extra semantic: pip install 'stoa[semantic]'.")
        is_question = ask.body.get("input_type") == "query"
        try:
            made = await (self._embedder.questions if is_question else self._embedder.passages)(texts)
        except Exception as error:  # whatever a foreign library raises
            raise ProviderFault("server", f"{self.name}: the model failed ({type(error).__name__}).") from error
        await ready()
        used = sum(count(text) for text in texts)
        as_base64 = ask.body.get("encoding_format") == "base64"
        told = {
            "object": "list",
            "data": [
                {"object": "embedding", "index": place, "embedding": _told(vector, as_base64=as_base64)}
                for place, vector in enumerate(made)
            ],
            "model": ask.model,
            "usage": {"prompt_tokens": used, "total_tokens": used},
        }
        return WholeAnswer(orjson.dumps(told))

    async def models(self, _: str | None) -> list[str]:
        return [VECTORS.model]

    async def close(self) -> None:
        await self._embedder.close()


class WholeAnswer:
    """One that is there already."""

    content_type = "application/json"

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self._content

    async def close(self) -> None:
        """Nothing is open."""


def _texts_of(ask: Ask) -> list[str]:
    """Raises ProviderFault for what this model does not take."""
    if ask.path != "embeddings":
        raise _refused(f"{ask.model} makes vectors and answers no questions.")
    given: Any = ask.body["input"]
    texts = [given] if isinstance(given, str) else given
    if not all(isinstance(text, str) for text in texts):
        raise _refused(f"{ask.model} takes texts, not tokens.")
    if len(texts) > _MOST_TEXTS:
        raise _refused(f"{ask.model} takes at most {_MOST_TEXTS} texts at once; there were {len(texts)}.")
    if ask.body.get("dimensions", DIMENSIONS) != DIMENSIONS:
        raise _refused(f"{ask.model} makes vectors of {DIMENSIONS} numbers, no others.")
    return texts


def _told(vector: str, *, as_base64: bool) -> list[float] | str:
    numbers: list[float] = orjson.loads(vector)
    return base64.b64encode(array("f", numbers).tobytes()).decode() if as_base64 else numbers


def _refused(detail: str) -> ProviderFault:
    return ProviderFault("refused", detail, upstream_status=400)
