"""Endless work that outlives every fault of the servers it needs, and stops when asked, between two pieces of work."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from .outage import is_gone
from .transport import TransportDown

log = structlog.get_logger("stoa.events")
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


class Stop:
    """Asked for once, heard by every loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def asked(self) -> bool:
        return self._event.is_set()

    def ask(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()

    async def within(self, seconds: float) -> bool:
        """Wait so long at most; true when it was asked for."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        return True


async def until_done(work: Callable[[], Awaitable[object]], stop: Stop) -> bool:
    """Do it, again and again while the database is gone; false when asked to stop before it was done."""
    wait = _FIRST_WAIT
    while True:
        try:
            await work()
        except Exception as error:
            if not is_gone(error):
                raise
            log.warning("the database does not answer, waiting", why=type(error).__name__)
            if await stop.within(wait):
                return False
            wait = min(wait * 2, _LONGEST_WAIT)
        else:
            return True


async def keep_going(name: str, work: Callable[[], Awaitable[None]], stop: Stop) -> None:
    """Run `work` until stop; whatever it raises, begin again, later and later while that does not help."""
    wait = _FIRST_WAIT
    while not stop.asked:
        started = asyncio.get_running_loop().time()
        try:
            await work()
        except TransportDown as error:
            log.warning("the streams do not answer, waiting", part=name, why=str(error)[:200])
        except Exception as error:
            if is_gone(error):
                log.warning("the database does not answer, waiting", part=name, why=type(error).__name__)
            else:
                log.exception("a part of the worker failed, it begins again", part=name)
        if asyncio.get_running_loop().time() - started > _LONGEST_WAIT:
            wait = _FIRST_WAIT
        await stop.within(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def whenever_due(work: Callable[[], Awaitable[bool]], sleeper: asyncio.Event, every: float, stop: Stop) -> None:
    """Call `work` while it says that there is more; then sleep until woken, `every` seconds at most."""
    while not stop.asked:
        sleeper.clear()
        if await work():
            continue
        try:
            await asyncio.wait_for(sleeper.wait(), every)
        except TimeoutError:
            continue
