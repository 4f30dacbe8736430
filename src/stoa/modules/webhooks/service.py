"""Use cases of those who say where events are sent to. Sends nothing itself: deliveries do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.deliveries.errors import DeliveryNotFound
from stoa.modules.deliveries.schemas import Message
from stoa.modules.deliveries.service import DeliveryReads, DeliveryService
from stoa.modules.webhooks import queries
from stoa.modules.webhooks.announcing import CHANNEL, content_of
from stoa.modules.webhooks.errors import EndpointDisabled, EndpointNotFound, StaleEndpoint, TooManyEndpoints, refused
from stoa.modules.webhooks.models import WebhookEndpoint
from stoa.modules.webhooks.parts import WebhookParts
from stoa.modules.webhooks.repository import WebhookRepository
from stoa.modules.webhooks.schemas import ALL_EVENTS, EndpointChange, EndpointIn, EndpointOut, EndpointWithSecret
from stoa.modules.webhooks.signing import new_secret, written
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.ids import new_id
from stoa.shared.if_match import IfMatch
from stoa.shared.pagination import PageQuery, Slice
from stoa.shared.security import Actor
from stoa.shared.targets import Refused, check_target

MOST_ENDPOINTS = 20
SEALED_FOR = "webhook-secret"
TEST = "webhook.test"
_FORMER_LIVES = timedelta(hours=24)
_FACTS = tuple(EndpointOut.model_fields)


class WebhookReads:
    """Endpoints without their secrets, and what was sent to them."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads
        self._deliveries = DeliveryReads(reads)

    async def all(self) -> str:
        """Every endpoint, oldest first, as a JSON list."""
        found: str = await self._reads.fetch_value(queries.ALL)
        return found

    async def one(self, endpoint_id: UUID) -> str:
        """As JSON. Raises EndpointNotFound."""
        found: str | None = await self._reads.fetch_value(queries.ONE, id=endpoint_id)
        if found is None:
            raise EndpointNotFound
        return found

    async def deliveries(self, endpoint_id: UUID, query: PageQuery) -> Slice:
        """What was sent there, newest first. Raises EndpointNotFound."""
        await self.one(endpoint_id)
        return await self._deliveries.page(CHANNEL, query, str(endpoint_id))

    async def delivery(self, endpoint_id: UUID, delivery_id: UUID) -> str:
        """One of them with its content and tries, as JSON. Raises EndpointNotFound, DeliveryNotFound."""
        await self.one(endpoint_id)
        found = await self._deliveries.one(delivery_id, CHANNEL)
        if orjson.loads(found)["recipient"] != str(endpoint_id):
            raise DeliveryNotFound
        return found


class WebhookService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession, parts: WebhookParts) -> None:
        self._endpoints = WebhookRepository(session)
        self._deliveries = DeliveryService(session)
        self._audit = AuditService(session)
        self._parts = parts

    async def create(self, new: EndpointIn, actor: Actor) -> EndpointWithSecret:
        """A new endpoint with its secret. Raises InvalidInput for an address or a type that cannot be."""
        host = self._check_url(new.url)
        types = self._check_types(new.event_types)
        if await self._endpoints.count_alone() >= MOST_ENDPOINTS:
            raise TooManyEndpoints(MOST_ENDPOINTS)
        secret, now = new_secret(), utc_now()
        endpoint = WebhookEndpoint(
            id=new_id(),
            url=new.url,
            description=new.description,
            event_types=types,
            secret=self._sealed(secret),
            is_enabled=True,
            version=1,
            created_by=actor.id,
            created_at=now,
            updated_at=now,
        )
        await self._endpoints.add(endpoint)
        await self._record("created", endpoint.id, actor, host=host, event_types=types)
        return _with_secret(endpoint, secret)

    async def change(self, endpoint_id: UUID, change: EndpointChange, versions: IfMatch, actor: Actor) -> EndpointOut:
        """Raises StaleEndpoint unless `versions` admit the one that is there, and as `create`."""
        endpoint = await self._found(endpoint_id)
        if not versions.admits(endpoint.version):
            raise StaleEndpoint
        changed = self._apply(endpoint, change)
        if changed:
            await self._endpoints.save(endpoint)
            await self._record("changed", endpoint_id, actor, fields=changed)
        return EndpointOut.model_validate(_facts(endpoint))

    async def delete(self, endpoint_id: UUID, actor: Actor) -> None:
        """What is under way to it ends at its next try."""
        if not await self._endpoints.delete(endpoint_id):
            raise EndpointNotFound
        await self._record("deleted", endpoint_id, actor)

    async def rotate_secret(self, endpoint_id: UUID, actor: Actor) -> EndpointWithSecret:
        """A new secret; the former one signs as well for 24 hours."""
        endpoint = await self._found(endpoint_id)
        secret = new_secret()
        endpoint.former_secret, endpoint.former_until = endpoint.secret, utc_now() + _FORMER_LIVES
        endpoint.secret = self._sealed(secret)
        await self._endpoints.save(endpoint)
        await self._record("secret_rotated", endpoint_id, actor)
        return _with_secret(endpoint, secret)

    async def test(self, endpoint_id: UUID, actor: Actor) -> UUID:
        """Have `webhook.test` sent there now; the id of its delivery. Raises EndpointDisabled."""
        await self._switched_on(endpoint_id)
        content = content_of(TEST, utc_now(), {"endpoint_id": str(endpoint_id)})
        sent = await self._deliveries.send(Message(CHANNEL, TEST, str(endpoint_id), content))
        if sent is None:
            raise AssertionError("unreachable: what follows from no event is always new")
        await self._record("tested", endpoint_id, actor)
        return sent

    async def replay(self, endpoint_id: UUID, delivery_id: UUID, actor: Actor) -> None:
        """Send it again under its id, from the first try. Raises DeliveryNotFound also for what is under way."""
        await self._switched_on(endpoint_id)
        if await self._deliveries.recipient(delivery_id) != str(endpoint_id):
            raise DeliveryNotFound
        await self._deliveries.send_again(delivery_id, CHANNEL, actor)

    async def _found(self, endpoint_id: UUID) -> WebhookEndpoint:
        endpoint = await self._endpoints.get(endpoint_id)
        if endpoint is None:
            raise EndpointNotFound
        return endpoint

    async def _switched_on(self, endpoint_id: UUID) -> None:
        if not (await self._found(endpoint_id)).is_enabled:
            raise EndpointDisabled

    def _apply(self, endpoint: WebhookEndpoint, change: EndpointChange) -> list[str]:
        """Put the changes in; the names of the fields that are not what they were."""
        wanted = change.model_dump(exclude_none=True)
        if "url" in wanted:
            self._check_url(wanted["url"])
        if "event_types" in wanted:
            wanted["event_types"] = self._check_types(wanted["event_types"])
        changed = [name for name, value in wanted.items() if getattr(endpoint, name) != value]
        for name in changed:
            setattr(endpoint, name, wanted[name])
        if "is_enabled" in changed:
            endpoint.disabled_because = endpoint.failing_since = None
        return changed

    def _check_url(self, url: str) -> str:
        """The name of the machine, for records: the rest of an address may hold secrets."""
        try:
            return check_target(url, allow_private=self._parts.allow_private).host
        except Refused as error:
            raise refused("url", error.reason) from None

    def _check_types(self, types: list[str]) -> list[str]:
        if ALL_EVENTS in types:
            return [ALL_EVENTS]
        unknown = sorted(set(types) - set(self._parts.event_types))
        if unknown:
            raise refused(
                "event_types", f"There is no event '{unknown[0]}'. GET /api/v1/webhooks lists those there are."
            )
        return sorted(set(types))

    def _sealed(self, secret: bytes) -> bytes:
        return self._parts.keyring.seal(SEALED_FOR, secret)

    async def _record(self, what: str, endpoint_id: UUID, actor: Actor, **details: object) -> None:
        await self._audit.record(
            f"webhook.{what}", actor=actor, subject_type="webhook", subject_id=endpoint_id, details=details
        )


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in _FACTS}


def _with_secret(endpoint: WebhookEndpoint, secret: bytes) -> EndpointWithSecret:
    return EndpointWithSecret(**_facts(endpoint), secret=written(secret))
