"""The port that mail leaves through. Until there is a mail server to hand it to, it is kept for the owner to read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.mail import repository
from stoa.modules.mail.models import OutgoingMail
from stoa.modules.mail.repository import MailRepository
from stoa.modules.mail.schemas import Mail, MailQuery
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor


class MailService:
    """Mail goes out with the caller's transaction, or not at all."""

    def __init__(self, session: AsyncSession) -> None:
        self._mails = MailRepository(session)

    async def send(self, mail: Mail) -> None:
        self._mails.add(OutgoingMail(kind=mail.kind, recipient=mail.recipient, subject=mail.subject, text=mail.text))

    async def forget(self, recipient: str) -> None:
        """Delete what was written to that address."""
        await self._mails.delete_to(recipient)


class MailReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: MailQuery) -> Slice:
        """One page, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, "mails", datetime, UUID)
        if query.recipient:
            values["recipient"] = query.recipient.lower()
        statement = repository.page(query.limit, query.skip, after=bool(query.cursor), to=bool(query.recipient))
        rows = await self._reads.fetch(statement, **values)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor("mails", rows[-1]["created_at"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor)

    async def all_to(self, recipient: str) -> str:
        """Every mail written to that address, as a JSON list."""
        found: str = await self._reads.fetch_value(repository.TO_ONE, recipient=recipient)
        return found
