"""The writing SQL of webhooks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.webhooks.models import WebhookEndpoint
from stoa.modules.webhooks.schemas import ALL_EVENTS

_TURN = 0x5760_0001  # the advisory lock of those who add endpoints: of many at once none counts past another


class WebhookRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count_alone(self) -> int:
        """How many there are; until this transaction ends nobody else adds one."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_TURN)))
        return await self._session.scalar(select(func.count()).select_from(WebhookEndpoint)) or 0

    async def add(self, endpoint: WebhookEndpoint) -> None:
        self._session.add(endpoint)
        await self._session.flush()

    async def get(self, endpoint_id: UUID) -> WebhookEndpoint | None:
        """The endpoint, locked."""
        statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).with_for_update()
        return (await self._session.scalars(statement)).one_or_none()

    async def save(self, endpoint: WebhookEndpoint) -> None:
        """What was changed in it, under the next version."""
        endpoint.version += 1
        await self._session.flush()
        await self._session.refresh(endpoint)

    async def delete(self, endpoint_id: UUID) -> bool:
        statement = delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).returning(WebhookEndpoint.id)
        return await self._session.scalar(statement.execution_options(synchronize_session=False)) is not None

    async def listening_to(self, event_type: str) -> Sequence[UUID]:
        """The endpoints that are switched on for that type of event."""
        wanted = WebhookEndpoint.event_types.bool_op("&&")([event_type, ALL_EVENTS])
        statement = select(WebhookEndpoint.id).where(WebhookEndpoint.is_enabled, wanted)
        return (await self._session.scalars(statement.order_by(WebhookEndpoint.id))).all()

    async def fails_since(self, endpoint_id: UUID, moment: datetime) -> None:
        """Not a change that anybody made: version and time of change stay, here and in `arrived`."""
        await self._note(endpoint_id, WebhookEndpoint.failing_since.is_(None), moment)

    async def arrived(self, endpoint_id: UUID) -> None:
        await self._note(endpoint_id, WebhookEndpoint.failing_since.is_not(None), None)

    async def _note(self, endpoint_id: UUID, where: ColumnElement[bool], moment: datetime | None) -> None:
        await self._session.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id == endpoint_id, where)
            .values(failing_since=moment, updated_at=WebhookEndpoint.updated_at)
            .execution_options(synchronize_session=False)
        )
