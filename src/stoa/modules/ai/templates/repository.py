"""The writing SQL of prompts, inside the caller's unit of work."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.templates.models import AiTemplate

_TURN = 0x5760_0A11  # the advisory lock of those who write: versions follow each other


class TemplateRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest_alone(self, name: str) -> int:
        """The newest version of it, 0 without any; until this transaction ends nobody else writes one."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_TURN)))
        found = select(func.max(AiTemplate.version)).where(AiTemplate.name == name)
        return await self._session.scalar(found) or 0

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(AiTemplate)) or 0

    async def add(self, made: AiTemplate) -> None:
        self._session.add(made)
        await self._session.flush()
        await self._session.refresh(made)
