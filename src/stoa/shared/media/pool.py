"""Decodes and encodes pictures in processes that can be ended: no file, however made, holds up anything else for long.

The processes are spawned, never forked: the parent has threads and an event loop. Started on first use.
"""

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

from pebble import ProcessExpired, ProcessPool

from stoa.shared.errors import TooSlow, Unavailable

from .images import LARGEST_UPLOAD, EncodedImage, Readable, UnreadableImage
from .opening import check_length
from .worker import prepare, work, work_square

MAX_TASKS: Final = 200
"""Pictures after which a process is replaced, for what libraries may leave behind."""

STUCK_AFTER: Final = 20.0
"""Seconds beyond the time limit without a result after which the pool itself is given up; starting is part of them."""

_TRIES = 2


class PicturePool:
    """`workers` processes, each busy with one picture for at most `seconds`; `waiting` calls may stand in line."""

    def __init__(self, workers: int = 1, seconds: float = 20.0, *, waiting: int = 24) -> None:
        self._workers = workers
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._line = ThreadPoolExecutor(workers, thread_name_prefix="pictures")  # each thread waits for one process
        self._changing = threading.Lock()
        self._pool: ProcessPool | None = None
        self._is_closed = False

    async def encode(self, source: Readable | bytes, *, was: str | None = None) -> EncodedImage:
        """A PNG, JPEG, WebP or GIF encoded anew, at most 2560 pixels long, with its smaller forms.

        `was` is the address it had on a site of ours: if these are the very bytes that it names, they stay.
        Raises UnreadableImage, TooLarge, TooSlow, and Unavailable when the line is full.
        """
        return await asyncio.wrap_future(self._asked(source, work, was))

    async def encode_square(self, source: Readable | bytes, side: int) -> EncodedImage:
        """The middle of an image as a WebP of `side` pixels. Raises as `encode`."""
        return await asyncio.wrap_future(self._asked(source, work_square, side))

    def encode_now(self, source: Readable | bytes, *, was: str | None = None) -> EncodedImage:
        """As `encode`, for threads that may wait; never on an event loop."""
        return self._asked(source, work, was).result()

    def close(self) -> None:
        """End the processes; whoever still waits is told Unavailable. Blocks for a moment."""
        self._is_closed = True
        self._discard(self._pool)
        self._line.shutdown(wait=True)

    def _asked(
        self, source: Readable | bytes, function: Callable[..., EncodedImage], argument: Any
    ) -> Future[EncodedImage]:
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many pictures are waiting to be looked at. Try again in a few seconds.")
        try:
            asked = self._line.submit(self._made, source, function, argument)
        except RuntimeError:
            self._places.release()
            raise _closing() from None
        asked.add_done_callback(lambda _: self._places.release())
        return asked

    def _made(self, source: Readable | bytes, function: Callable[..., EncodedImage], argument: Any) -> EncodedImage:
        content = source if isinstance(source, bytes) else source.read(LARGEST_UPLOAD + 1)
        check_length(len(content))
        for _ in range(_TRIES):
            pool = self._started()
            try:
                task: Future[EncodedImage] = pool.schedule(function, args=(content, argument), timeout=self._seconds)
                return self._outcome(task)
            except (ProcessExpired, BrokenProcessPool):
                continue
            except _Stuck:
                self._discard(pool)
            except (RuntimeError, CancelledError):  # the pool broke or was closed in this very moment
                self._discard(pool)
        raise UnreadableImage("Looking at the image ended in a fault, twice. Save it anew with another program.")

    def _outcome(self, task: Future[EncodedImage]) -> EncodedImage:
        try:
            return task.result(self._seconds + STUCK_AFTER)
        except TimeoutError:
            if not task.done():
                raise _Stuck from None
            raise TooSlow(f"Looking at the image took more than {self._seconds:g} s. Make it smaller.") from None

    def _started(self) -> ProcessPool:
        with self._changing:
            if self._is_closed:
                raise _closing()
            if self._pool is not None and not self._pool.active:
                _end(self._pool)
                self._pool = None
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPool(self._workers, max_tasks=MAX_TASKS, initializer=prepare, context=context)
            return self._pool

    def _discard(self, pool: ProcessPool | None) -> None:
        """Give a pool up, unless somebody did already; the next call starts another."""
        with self._changing:
            if pool is None or pool is not self._pool:
                return
            self._pool = None
        _end(pool)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # as pebble declares it
    pool.join()


class _Stuck(Exception):
    """The pool gave no answer although the time is long over."""


def _closing() -> Unavailable:
    return Unavailable("The server is shutting down.")
