"""Looks after everything once more, one process at a time: what was lost on the way is sent again, streams are cut.

It makes up for whatever the transport forgets, from a flushed Valkey to one that was replaced by an empty one.
"""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import Database

from .pace import Pace
from .registry import Registry
from .repository import Sweeping
from .transport import Transport

log = structlog.get_logger("stoa.events")
_CONSUMER_IDLE = 3_600.0


class Sweeper:
    def __init__(self, database: Database, transport: Transport, registry: Registry, pace: Pace) -> None:
        self._database = database
        self._transport = transport
        self._registry = registry
        self._pace = pace
        self.sleeper = asyncio.Event()
        self._is_lost = False
        self.since: dict[str, datetime] = {}

    def streams_lost(self) -> None:
        """Have the next sweep come at once and wait for nobody: what was in the streams is gone."""
        self._is_lost = True
        self.sleeper.set()

    async def sweep(self) -> bool:
        """One round; true when another one has to follow at once. Raises TransportDown."""
        was_lost, self._is_lost = self._is_lost, False
        patience = 0.0 if was_lost else self._pace.patience
        try:
            again = await self._database.transact(lambda session: self._send_again(session, patience))
            if again and was_lost:
                log.info("streams were missing, sent again what is not handled", events=again)
            elif again:
                log.warning("sent again what should be handled by now", events=again)
            for group in self._registry.groups:
                made = await self._transport.ensure(group, self._registry.streams_of(group))
                self._is_lost |= made  # not in one line with the wait: what was said meanwhile would be unsaid
            await self._transport.trim(consumer_idle=_CONSUMER_IDLE)
        except BaseException:
            self._is_lost |= was_lost
            raise
        return self._is_lost

    async def know(self) -> None:
        """Remember the handlers of this process; before the first event is handled."""
        self.since.update(
            await self._database.transact(lambda session: Sweeping(session, self._registry.expected()).know())
        )

    async def _send_again(self, session: AsyncSession, patience: float) -> int:
        sweeping = Sweeping(session, self._registry.expected())
        if not patience:
            await sweeping.wait_for_relays()
        elif not await sweeping.lock():
            return 0
        again = await sweeping.send_again(patience)
        await sweeping.advance()
        return again
