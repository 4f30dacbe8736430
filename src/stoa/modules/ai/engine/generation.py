"""One answer while it is made: a task of its own reads the provider to the end, whoever still listens, and settles.

Whatever happens to the reader, the provider or this process's wish to stop, `settle` is called exactly once.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from stoa.modules.ai.engine.asking import Candidate
from stoa.modules.ai.providers.protocol import Answer, ProviderFault
from stoa.modules.ai.providers.reading import Reading, Seen
from stoa.modules.ai.terms import Status
from stoa.shared.errors import StoaError

log = structlog.get_logger("stoa.ai")
_QUEUED: Final = 64
STOPPED: Final = "stopped"
"""Why a call ended that its caller wanted to end; the server's own end has other words."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer that has begun, and who gives it."""

    candidate: Candidate
    answer: Answer


@dataclass(slots=True)
class Outcome:
    """How it went, for the ledger. `opened` is None where nobody answered; `first_ms` and `total_ms` since the ask."""

    opened: Opened | None
    attempts: int
    status: Status
    seen: Seen | None
    fault: str | None
    first_ms: int | None
    total_ms: int


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds: the whole call, and how long it is read on when nobody listens any more."""

    whole: float
    drain: float


@dataclass(slots=True)
class _Progress:
    opened: Opened | None = None
    attempts: int = 0
    reading: Reading | None = None
    first_at: float | None = None
    status: Status = "error"
    fault: str | None = None
    began: float = field(default_factory=time.monotonic)


class Generation:
    """Made by the engine. `open` tries providers; `settle` writes what came of it; `most_events` bounds a stream."""

    def __init__(
        self,
        call_id: UUID,
        *,
        open_: Callable[["Generation"], Awaitable[Opened]],
        settle: Callable[[Outcome], Awaitable[None]],
        times: Times,
        streams: bool,
        most_events: int,
    ) -> None:
        self.id = call_id
        self.streams = streams
        self._open = open_
        self._settle = settle
        self._times = times
        self._most_events = most_events
        self._progress = _Progress()
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUED)
        self._listens = True
        self._over = False
        self._opened: asyncio.Future[Opened] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._stopping: str | None = None
        self.outcome: Outcome | None = None

    def start(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._run(), name=f"ai call {self.id}")
        return self._task

    async def opened(self) -> Opened:
        """Once the provider's first bytes are there. Raises ProviderFault, or what opening raised."""
        return await asyncio.shield(self._opened)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The provider's bytes as they come; then `outcome` says how it ended. Leaving early does not end the call."""
        try:
            while not (self._over and self._queue.empty()):
                chunk = await self._queue.get()
                if chunk is None:
                    return
                yield chunk
        finally:
            self.leave()

    async def ended(self) -> Outcome:
        """Waits until all is read and settled."""
        for task in (self._task, self._ending):
            if task is not None:
                await asyncio.wait([task])
        if self.outcome is None:
            raise RuntimeError("the call was never started")
        return self.outcome

    def note_attempt(self) -> None:
        self._progress.attempts += 1

    def leave(self) -> None:
        """Nobody listens any more."""
        self._listens = False
        while not self._queue.empty():
            self._queue.get_nowait()

    def stop(self, why: str = STOPPED) -> None:
        """End it now: the provider is hung up on, and what was seen is billed."""
        if self._stopping is None and self._task is not None and not self._task.done():
            self._stopping = why
            self._task.cancel()

    @property
    def tokens_seen(self) -> int:
        """About how many tokens have come so far, for the heartbeat."""
        reading = self._progress.reading
        return reading.events if reading is not None else 0

    async def _run(self) -> None:
        progress = self._progress
        try:
            async with asyncio.timeout(self._times.whole):
                await self._read()
        except StoaError as fault:
            self._note("cut" if progress.opened else "error", fault.detail)
            self._tell(fault)
        except TimeoutError:
            self._note("cut", f"It took longer than {self._times.whole:g} s.")
        except asyncio.CancelledError:
            self._note("stopped", self._stopping or "The server stopped.")
        except Exception as error:
            self._note("error", type(error).__name__)
            self._tell(error)
            if progress.opened is not None:
                log.exception("a call failed", call=str(self.id))
        finally:
            await self._finish()

    async def _read(self) -> None:
        progress = self._progress
        opened = await self._open(self)
        progress.opened = opened
        progress.reading = Reading(streams=self.streams)
        if not self._opened.done():
            self._opened.set_result(opened)
        left_at: float | None = None
        async for chunk in opened.answer.chunks():
            if progress.first_at is None:
                progress.first_at = time.monotonic()
            progress.reading.feed(chunk)
            if progress.reading.events > self._most_events:
                raise ProviderFault("cut", "The provider went on after the most output that was asked for.")
            if self._listens:
                await self._queue.put(chunk)
            else:
                left_at = left_at or time.monotonic()
                if time.monotonic() - left_at > self._times.drain:
                    self._note("stopped", "The reader left.")
                    return
        seen = progress.reading.finish()
        if seen.error is not None:
            self._note("cut", seen.error)
        elif seen.is_cut:
            self._note("cut", "The provider broke off without saying that it was done.")
        else:
            self._note("complete", None if self._listens else "The reader left.")

    def _note(self, status: Status, fault: str | None) -> None:
        self._progress.status, self._progress.fault = status, fault

    def _tell(self, error: BaseException) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
            self._opened.exception()  # whoever asked may be gone

    async def _finish(self) -> None:
        """Not to be cancelled: hang up, say the end to whoever listens, settle."""
        self._ending = asyncio.create_task(self._end(), name=f"end of ai call {self.id}")
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        progress = self._progress
        now = time.monotonic()
        self.outcome = Outcome(
            opened=progress.opened,
            attempts=progress.attempts,
            status=progress.status,
            seen=progress.reading.finish() if progress.reading is not None else None,
            fault=progress.fault,
            first_ms=_milliseconds(progress.first_at, progress.began),
            total_ms=round((now - progress.began) * 1000),
        )
        if not self._opened.done():
            self._tell(ProviderFault("cut", progress.fault or "The call was ended."))
        if progress.opened is not None:
            with contextlib.suppress(Exception):
                await progress.opened.answer.close()
        self._say_end()
        await self._settle(self.outcome)

    def _say_end(self) -> None:
        """Wakes whoever waits. In a full queue nobody does: whoever reads it finds the end behind the last piece."""
        self._over = True
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)


def _milliseconds(moment: float | None, since: float) -> int | None:
    return None if moment is None else round((moment - since) * 1000)
