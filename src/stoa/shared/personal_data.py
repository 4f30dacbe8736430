"""What every module that keeps something about a person can do with it: hand it out, and take it away."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import ReadSession


class PersonalData(Protocol):
    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        """Everything held about a person, as files by name."""

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        """Delete it, or make it nobody's where the law or others need it."""
