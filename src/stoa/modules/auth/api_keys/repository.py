"""The writing SQL of API keys."""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.api_keys.models import ApiKey
from stoa.modules.auth.api_keys.queries import LIVING


class ApiKeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, key: ApiKey) -> None:
        self._session.add(key)
        await self._session.flush()

    async def count(self, user_id: UUID) -> int:
        found = select(func.count()).select_from(ApiKey).where(ApiKey.user_id == user_id, LIVING)
        return await self._session.scalar(found) or 0

    async def end(self, user_id: UUID, key_id: UUID | None = None) -> int:
        """End one key of a user, or all; how many ended."""
        statement = update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.ended_at.is_(None))
        if key_id:
            statement = statement.where(ApiKey.id == key_id)
        ended = await self._session.scalars(
            statement.values(ended_at=func.clock_timestamp())
            .returning(ApiKey.id)
            .execution_options(synchronize_session=False)
        )
        return len(ended.all())

    async def note_use(self, key_id: UUID) -> None:
        await self._session.execute(
            update(ApiKey)
            .where(ApiKey.id == key_id)
            .values(last_used_at=func.clock_timestamp())
            .execution_options(synchronize_session=False)
        )

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(
            delete(ApiKey).where(ApiKey.user_id == user_id).execution_options(synchronize_session=False)
        )
