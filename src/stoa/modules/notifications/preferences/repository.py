"""The writing SQL of preferences."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.preferences.models import NotificationPreference as Row


class PreferenceRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def chosen(self, user_id: UUID, category: str) -> Mapping[str, str]:
        """Channel to wish, for what was chosen."""
        rows = await self._session.execute(
            select(Row.channel, Row.wish).where(Row.user_id == user_id, Row.category == category)
        )
        return {row.channel: row.wish for row in rows}

    async def choose(self, user_id: UUID, cells: Sequence[tuple[str, str, str]]) -> None:
        """Set (category, channel, wish), in an order of their own, so that two at once never wait for each other."""
        values = [
            {"user_id": user_id, "category": category, "channel": channel, "wish": wish}
            for category, channel, wish in sorted(cells)
        ]
        statement = insert(Row).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[Row.user_id, Row.category, Row.channel],
                set_={"wish": statement.excluded.wish, "updated_at": func.now()},
            )
        )

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(
            delete(Row).where(Row.user_id == user_id).execution_options(synchronize_session=False)
        )
