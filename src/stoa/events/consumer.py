"""One consumer group in one process: reads its streams, has its handlers run, acknowledges what they are done with."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import Database

from .dispatch import Dispatcher
from .event import Envelope
from .loops import Stop, until_done
from .pace import Pace
from .points import Hook, nothing
from .registry import AnyHandler
from .repository import Inbox
from .transport import Delivery, GroupGone, Transport


class Consumer:
    def __init__(
        self,
        group: str,
        handlers: Sequence[AnyHandler],
        streams: Sequence[str],
        *,
        name: str,
        database: Database,
        transport: Transport,
        dispatcher: Dispatcher,
        pace: Pace,
        since: Mapping[str, datetime],
        lost: Callable[[], None],
        at: Hook = nothing,
    ) -> None:
        """`name` is the process's own; `since` says from when on a handler hears events; `lost` is called when
        streams are missing, for what was in them is gone.
        """
        self._group = group
        self._handlers = handlers
        self._streams = streams
        self._name = name
        self._database = database
        self._transport = transport
        self._dispatcher = dispatcher
        self._pace = pace
        self._since = since
        self._lost = lost
        self._at = at
        self._claim_at = 0.0

    async def run(self, stop: Stop) -> None:
        """Until asked to stop; what was read by then is handled. Raises TransportDown."""
        await self._ensure()
        while not stop.asked:
            try:
                await self._take_over()
                read = await self._transport.consume(
                    self._group, self._name, self._streams, most=self._pace.read_batch, wait=self._pace.block
                )
                await self._work(read, stop)
            except GroupGone:
                await self._ensure()

    async def _ensure(self) -> None:
        if await self._transport.ensure(self._group, self._streams):
            self._lost()

    async def _work(self, deliveries: Sequence[Delivery], stop: Stop) -> None:
        for handler in self._handlers:
            wanted = self._wanted(handler, deliveries)
            if wanted and not await until_done(lambda h=handler, w=wanted: self._dispatcher.handle(h, w), stop):  # type: ignore[misc] # mypy and defaults of lambdas
                return  # not acknowledged: somebody else will get them
        if deliveries:
            await self._transport.acknowledge(self._group, deliveries)
            self._at("consumer.after_ack")

    async def _take_over(self) -> None:
        """What a dead worker held may have killed it: it goes to the retries, which count before they try."""
        if time.monotonic() < self._claim_at:
            return
        self._claim_at = time.monotonic() + self._pace.claim_idle / 2
        idle = self._pace.claim_idle
        while claimed := await self._transport.claim(self._group, self._name, self._streams, idle=idle):
            await self._database.transact(lambda session, held=claimed: self._park(session, held))  # type: ignore[misc] # as above
            await self._transport.acknowledge(self._group, claimed)

    async def _park(self, session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
        for handler in self._handlers:
            if wanted := self._wanted(handler, deliveries):
                await Inbox(session).park(handler.name, sorted({envelope.id for envelope in wanted}))

    def _wanted(self, handler: AnyHandler, deliveries: Sequence[Delivery]) -> list[Envelope]:
        envelopes = [delivery.envelope for delivery in deliveries if delivery.envelope]
        return [e for e in envelopes if e.type == handler.event.type and e.at >= self._since[handler.name]]
