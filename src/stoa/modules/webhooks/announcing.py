"""Has an event sent to every endpoint that listens to its kind. Called by handlers; sends nothing itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.deliveries.schemas import Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.webhooks.repository import WebhookRepository

CHANNEL: Final = "webhook"


def content_of(event_type: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a receiver reads."""
    return {"type": event_type, "timestamp": at.isoformat(), "data": dict(data)}


class Announcements:
    def __init__(self, session: AsyncSession) -> None:
        self._endpoints = WebhookRepository(session)
        self._deliveries = DeliveryService(session)

    async def announce(self, event_id: UUID, event_type: str, at: datetime, data: Mapping[str, Any]) -> None:
        """Once to each endpoint, however often it is asked for."""
        content = content_of(event_type, at, data)
        for endpoint_id in await self._endpoints.listening_to(event_type):
            message = Message(CHANNEL, event_type, str(endpoint_id), content, source_id=event_id)
            await self._deliveries.send(message)
