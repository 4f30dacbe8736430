"""Has what is asked at the same time done together: one transaction, one flush to disk, for many."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
_MOST: Final = 200


class Gathered(Generic[Asked, Answer]):
    """`together` answers all it is given, in order. What comes while it works is done next; nobody waits for company.

    After a fault of the kind `of_one` each is tried by itself, so that only the one at fault hears of it. Who was
    cancelled before the work began is left out; an answer that comes too late for whoever asked goes to `unheard`.
    """

    def __init__(
        self,
        together: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]],
        name: str,
        of_one: tuple[type[Exception], ...] = (),
        *,
        unheard: Callable[[Asked, Answer], None] | None = None,
    ) -> None:
        self._together = together
        self._name = name
        self._of_one = of_one
        self._unheard = unheard
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answered))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name=self._name)
        try:
            return await answered
        except asyncio.CancelledError:
            if answered.done() and not answered.cancelled() and answered.exception() is None:
                self._tell_nobody(asked, answered.result())
            raise

    async def idle(self) -> None:
        """Once all that was asked until now is answered."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def _tell_nobody(self, asked: Asked, answer: Answer) -> None:
        if self._unheard is not None:
            self._unheard(asked, answer)

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            if wanted := [(asked, answered) for asked, answered in batch if not answered.done()]:
                await self._answer(wanted)

    async def _answer(self, batch: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._together([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 # told to those who asked
            if len(batch) > 1 and isinstance(error, self._of_one):
                for one in batch:
                    await self._answer([one])
                return
            for _, answered in batch:
                if not answered.done():
                    answered.set_exception(error)
            return
        for (asked, answered), answer in zip(batch, answers, strict=True):
            if answered.done():
                self._tell_nobody(asked, answer)
            else:
                answered.set_result(answer)
