"""Use cases of deliveries: have something sent, say why something is not, look how far it is. Sends nothing itself."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.deliveries import queries
from stoa.modules.deliveries.errors import DeliveryNotFound
from stoa.modules.deliveries.repository import DeliveryRepository
from stoa.modules.deliveries.schemas import MAIL, MailQuery, Message
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.ids import new_id
from stoa.shared.pagination import PageQuery, Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor

_CURSOR: Final = "deliveries"


class DeliveryService:
    """What is asked for leaves once the caller's transaction commits, or not at all."""

    def __init__(self, session: AsyncSession) -> None:
        self._deliveries = DeliveryRepository(session)
        self._audit = AuditService(session)

    async def send(self, message: Message) -> UUID | None:
        """Have it sent soon; None when it follows from an event that has led to it before."""
        return await self._deliveries.add({**_values(message), "state": "pending", "next_at": utc_now()})

    async def suppress(self, message: Message, reason: str) -> UUID | None:
        """Put down that it is not sent, and why."""
        ended = {"state": "suppressed", "reason": reason, "ended_at": utc_now()}
        return await self._deliveries.add({**_values(message), **ended})

    async def send_again(self, delivery_id: UUID, channel: str, actor: Actor) -> None:
        """From the first try; one row in the audit log. Raises DeliveryNotFound, also for what is under way."""
        if not await self._deliveries.again(delivery_id, channel):
            raise DeliveryNotFound
        await self._audit.record("delivery.sent_again", actor=actor, subject_type=channel, subject_id=delivery_id)

    async def recipient(self, delivery_id: UUID) -> str | None:
        """To whom it goes, as its channel knows them."""
        return await self._deliveries.recipient(delivery_id)

    async def forget(self, *, user_id: UUID | None = None, recipient: str | None = None) -> None:
        """Delete what was sent to that person or address."""
        await self._deliveries.forget(user_id, recipient)

    async def purge(self, days: int) -> None:
        """Delete what ended so long ago."""
        await self._deliveries.purge(days)


class DeliveryReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def mails(self, query: MailQuery) -> Slice:
        """One page with their words, newest first. Raises MalformedInput for a cursor of another list."""
        recipient = query.recipient.lower() if query.recipient else None
        return await self._page(MAIL, query, recipient, words=True)

    async def page(self, channel: str, query: PageQuery, recipient: str | None = None) -> Slice:
        """One page of `DeliveryOut`, newest first. Raises MalformedInput for a cursor of another list."""
        return await self._page(channel, query, recipient, words=False)

    async def one(self, delivery_id: UUID, channel: str) -> str:
        """Everything of one, with its content and the `history` of its tries, as JSON. Raises DeliveryNotFound."""
        found: str | None = await self._reads.fetch_value(queries.ONE, id=delivery_id, channel=channel)
        if found is None:
            raise DeliveryNotFound
        return found

    async def mails_to(self, recipient: str) -> str:
        """Every mail written to that address, as a JSON list, without the links that open the account."""
        found: str = await self._reads.fetch_value(queries.MAILS_TO, recipient=recipient)
        return found

    async def of_event(self, event_id: UUID) -> str:
        """What followed from an event, as a JSON list of `DeliveryOut`."""
        found: str = await self._reads.fetch_value(queries.OF_EVENT, id=event_id)
        return found

    async def of_notification(self, notification_id: UUID) -> str:
        """How far a notification got on each way out, as a JSON list of `DeliveryOut`."""
        found: str = await self._reads.fetch_value(queries.OF_NOTIFICATION, id=notification_id)
        return found

    async def _page(self, channel: str, query: PageQuery, recipient: str | None, *, words: bool) -> Slice:
        values: dict[str, object] = {"channel": channel}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, _CURSOR, datetime, UUID)
        if recipient:
            values["recipient"] = recipient
        statement = queries.page(query.limit, query.skip, after=bool(query.cursor), to=bool(recipient), words=words)
        rows = await self._reads.fetch(statement, **values)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["created_at"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor)


def _values(message: Message) -> dict[str, object]:
    return {
        "id": new_id(),
        "channel": message.channel,
        "kind": message.kind,
        "recipient": message.recipient,
        "user_id": message.user_id,
        "notification_id": message.notification_id,
        "source_id": message.source_id,
        "content": dict(message.content),
        "is_secret": message.is_secret,
    }
