"""The writing SQL of the audit log: one call of the database's own function."""

from uuid import UUID

from sqlalchemy import Text, Uuid, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession


class AuditRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def append(self, action: str, actor_id: UUID | None, *texts: str | None, details: str) -> None:
        """`texts` are actor kind, subject type, subject id, address and request id; `details` is JSON."""
        await self._session.flush()  # what the act itself writes comes first: the lock on the log is held to the end
        arguments = (literal(action, Text), literal(actor_id, Uuid), *(literal(text, Text) for text in texts))
        await self._session.execute(select(func.audit.append(*arguments, cast(literal(details, Text), JSONB))))
