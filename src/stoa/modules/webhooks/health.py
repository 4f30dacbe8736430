"""What becomes of an endpoint by how it answers: one that fails for five days, or says it is gone, is switched off."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.webhooks.events import WebhookDisabled
from stoa.modules.webhooks.models import WebhookEndpoint
from stoa.modules.webhooks.repository import WebhookRepository

PATIENCE: Final = timedelta(days=5)
GONE: Final = "It answered 410: it wants nothing any more."
FAILED: Final = "Nothing has arrived there for 5 days."


class EndpointHealth:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._endpoints = WebhookRepository(session)

    async def arrived(self, endpoint_id: UUID) -> None:
        await self._endpoints.arrived(endpoint_id)

    async def failed(self, endpoint_id: UUID, now: datetime) -> bool:
        """Put it down; whether that was the end of our patience."""
        endpoint = await self._endpoints.get(endpoint_id)
        if endpoint is None or not endpoint.is_enabled:
            return False
        if endpoint.failing_since is None:
            await self._endpoints.fails_since(endpoint_id, now)
            return False
        if now - endpoint.failing_since < PATIENCE:
            return False
        await self._switch_off(endpoint, FAILED)
        return True

    async def gone(self, endpoint_id: UUID) -> None:
        endpoint = await self._endpoints.get(endpoint_id)
        if endpoint is not None and endpoint.is_enabled:
            await self._switch_off(endpoint, GONE)

    async def _switch_off(self, endpoint: WebhookEndpoint, reason: str) -> None:
        endpoint.is_enabled, endpoint.disabled_because = False, reason
        await self._endpoints.save(endpoint)
        host = urlsplit(endpoint.url).hostname or ""
        await publish(self._session, WebhookDisabled(endpoint_id=endpoint.id, host=host, reason=reason))
