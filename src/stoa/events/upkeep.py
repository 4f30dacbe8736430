"""What those do who look after events: see the whole way of one, try again what was given up (one audit row each)."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.deliveries.schemas import DeliveryOut
from stoa.modules.deliveries.service import DeliveryReads
from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.security import Actor

from .repository import Inbox
from .schemas import EventWay
from .service import EventReads


class WholeWay(EventWay):
    """From the request to the receivers."""

    deliveries: list[DeliveryOut]


async def whole_way(reads: ReadSession, event_id: UUID, expected: Sequence[tuple[str, str]]) -> bytes:
    """Where an event is now, as JSON of a `WholeWay`. Raises NotFound."""
    way = orjson.loads(await EventReads(reads, expected).way(event_id))
    deliveries = orjson.Fragment(await DeliveryReads(reads).of_event(event_id))
    return orjson.dumps({**way, "deliveries": deliveries})


async def replay(session: AsyncSession, event_id: UUID, handler: str | None, actor: Actor) -> list[str]:
    """Have a dead letter tried again from the beginning; for which handlers. Raises NotFound when it is not dead."""
    revived = sorted(await Inbox(session).replay(event_id, handler))
    if not revived:
        raise NotFound(f"No dead letter of event {event_id} is there: what was handled once is not handled again.")
    details = {"handlers": revived}
    await AuditService(session).record(
        "event.replayed", actor=actor, subject_type="event", subject_id=event_id, details=details
    )
    return revived
