"""Records an event with its change: in the caller's transaction, or not at all. Never talks to Valkey."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from .event import Envelope, Event
from .repository import EventLog


async def publish(session: AsyncSession, event: Event) -> None:
    """Write the event into the log; once this transaction commits it will be handled, whatever dies meanwhile.

    An event whose id is in the log already is not written again.
    """
    trace = structlog.contextvars.get_contextvars().get("request_id")
    await EventLog(session).add(Envelope.of(event, trace))
