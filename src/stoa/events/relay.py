"""Brings events from the log to their streams. Any number of relays may run; each takes what no other holds.

Dies it between sending and marking, the events are sent again: handlers drop the repeat by their inbox.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import Database

from .pace import Pace
from .points import Hook, nothing
from .repository import EventLog
from .transport import Transport


class Relay:
    def __init__(self, database: Database, transport: Transport, pace: Pace, at: Hook = nothing) -> None:
        self._database = database
        self._transport = transport
        self._pace = pace
        self._at = at

    async def relay(self) -> bool:
        """Send one batch; True when there may be more. Raises TransportDown, and then nothing is marked."""
        sent = await self._database.transact(self._batch)
        if sent:
            self._at("relay.after_commit")
        return sent == self._pace.relay_batch

    async def _batch(self, session: AsyncSession) -> int:
        log = EventLog(session)
        envelopes = await log.unrelayed(self._pace.relay_batch)
        if envelopes:
            self._at("relay.before_send")
            await self._transport.send_many(envelopes)
            await log.mark_relayed([envelope.id for envelope in envelopes])
            self._at("relay.before_commit")
        return len(envelopes)
