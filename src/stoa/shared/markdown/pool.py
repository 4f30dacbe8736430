"""Renders in worker processes, so that no source, however made, can hold up the event loop or outlive its time limit.

The processes are spawned, never forked: the parent has threads and an event loop. Started on first use.
"""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial

from pebble import ProcessExpired, ProcessPool

from stoa.shared.errors import StoaError, TooSlow, Unavailable

from .document import ARTICLE, Rendered, RenderOptions
from .render import check_source
from .worker import prepare, work

MAX_TASKS = 1_000
"""Renderings after which a worker is replaced, for what libraries may leave behind."""

STUCK_AFTER = 10.0
"""Seconds beyond the time limit without any result after which the pool itself is given up."""

_CHECK_EVERY = 1.0


class MarkdownPool:
    """`workers` processes, each rendering for at most `seconds`; `waiting` calls may stand in line."""

    def __init__(self, workers: int = 1, seconds: float = 3.0, *, waiting: int = 64) -> None:
        self._workers = workers
        self._seconds = seconds
        self._places = workers + waiting
        self._callers = 0
        self._slots = asyncio.Semaphore(workers + 1)  # one more than can run, so that no worker waits for the loop
        self._pool: ProcessPool | None = None
        self._tasks: set[Future[Rendered]] = set()
        self._last_result = time.monotonic()
        self._changing = asyncio.Lock()
        self._is_closed = False

    async def render(self, source: str, options: RenderOptions = ARTICLE) -> Rendered:
        """As `render.render`, and TooSlow beyond the time limit, Unavailable when the line is full."""
        check_source(source)
        if self._callers >= self._places:
            raise Unavailable("Too many texts are waiting to be rendered. Try again in a few seconds.")
        self._callers += 1
        try:
            return await self._with_one_retry(source, options)
        finally:
            self._callers -= 1

    async def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]:
        """The results in the order of the items; what is wrong with one item takes its place and stops nothing."""
        running: list[asyncio.Task[Rendered | StoaError]] = []
        try:
            for source, options in items:
                running.append(asyncio.create_task(self._result_or_fault(source, options)))
                if len(running) > 2 * self._workers:
                    yield await running.pop(0)
            while running:
                yield await running.pop(0)
        finally:
            for task in running:
                task.cancel()

    async def close(self) -> None:
        """End the workers; whoever still waits is told Unavailable."""
        self._is_closed = True
        async with self._changing:
            await self._discard()

    async def _result_or_fault(self, source: str, options: RenderOptions) -> Rendered | StoaError:
        try:
            return await self.render(source, options)
        except StoaError as fault:
            return fault

    async def _with_one_retry(self, source: str, options: RenderOptions) -> Rendered:
        try:
            return await self._attempt(source, options)
        except _WorkerLost:
            pass
        try:
            return await self._attempt(source, options)
        except _WorkerLost:
            raise Unavailable("The text could not be rendered: its worker was stopped twice. Try again.") from None

    async def _attempt(self, source: str, options: RenderOptions) -> Rendered:
        await self._slots.acquire()
        try:
            pool = await self._started()
            task: Future[Rendered] = pool.schedule(work, args=(source, options), timeout=self._seconds)
        except BaseException as fault:
            self._slots.release()
            if isinstance(fault, RuntimeError):  # the pool broke in this very moment
                raise _WorkerLost from None
            raise
        if not self._tasks:
            self._last_result = time.monotonic()
        self._tasks.add(task)
        task.add_done_callback(partial(self._finished, asyncio.get_running_loop()))
        return await self._outcome(task, pool)

    async def _outcome(self, task: Future[Rendered], pool: ProcessPool) -> Rendered:
        """What becomes of a task. A caller who gives up leaves it running: it ends in time, a new worker costs more."""
        waiter = asyncio.wrap_future(task)
        waiter.add_done_callback(_look_at)
        while not waiter.done():
            await asyncio.wait([waiter], timeout=_CHECK_EVERY)
            if not waiter.done() and (pool is not self._pool or self._is_stuck(pool)):
                await self._replace(pool)
                raise _WorkerLost
        if waiter.cancelled():
            raise _WorkerLost
        try:
            return waiter.result()
        except TimeoutError:
            raise TooSlow(f"Rendering the text took more than {self._seconds:g} s. Simplify or split it.") from None
        except StoaError:
            raise
        except (ProcessExpired, BrokenProcessPool):
            raise _WorkerLost from None
        except Exception:
            if pool is self._pool:
                raise
            raise _WorkerLost from None  # a pool being stopped fails in ways of its own, on pipes that are closed

    def _finished(self, loop: asyncio.AbstractEventLoop, task: Future[Rendered]) -> None:
        """Called in a thread of the pool."""
        self._tasks.discard(task)
        self._last_result = time.monotonic()
        with suppress(RuntimeError):  # the loop is closed, nobody waits for a slot
            loop.call_soon_threadsafe(self._slots.release)

    def _is_stuck(self, pool: ProcessPool) -> bool:
        return not pool.active or time.monotonic() - self._last_result > self._seconds + STUCK_AFTER

    async def _started(self) -> ProcessPool:
        async with self._changing:
            if self._is_closed:
                raise Unavailable("The server is shutting down.")
            if self._pool is not None and not self._pool.active:
                await self._discard()
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPool(self._workers, max_tasks=MAX_TASKS, initializer=prepare, context=context)
                await asyncio.to_thread(_start, self._pool)
            return self._pool

    async def _replace(self, pool: ProcessPool) -> None:
        """Give up a broken pool, unless somebody did already; the next call starts another."""
        async with self._changing:
            if pool is self._pool:
                await self._discard()

    async def _discard(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call] # as pebble declares it
            try:
                await asyncio.to_thread(pool.join)
            finally:
                for task in tuple(self._tasks):
                    task.cancel()


def _start(pool: ProcessPool) -> bool:
    """Asking is what starts it; that takes some milliseconds for each process."""
    return pool.active


def _look_at(waiter: asyncio.Future[Rendered]) -> None:
    """A result that nobody waits for any more is no error to be logged."""
    if not waiter.cancelled():
        waiter.exception()


class _WorkerLost(Exception):
    """The process is gone, or the pool around it, through no fault of the text."""
