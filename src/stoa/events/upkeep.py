"""Acts of those who look after events. Each leaves one row in the audit log."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.shared.errors import NotFound
from stoa.shared.security import Actor

from .repository import Inbox


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
