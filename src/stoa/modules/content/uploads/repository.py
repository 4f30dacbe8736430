"""The writing SQL of uploads."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.uploads.models import Upload

_QUIET = {"synchronize_session": False}


class UploadRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, owner_id: UUID, **fields: Any) -> tuple[Upload, bool]:
        """The upload of that picture by that person, and whether it is new; of many at once one is."""
        statement = insert(Upload).values(owner_id=owner_id, **fields)
        made = await self._session.scalar(
            statement.on_conflict_do_nothing(index_elements=[Upload.owner_id, Upload.url]).returning(Upload)
        )
        if made is not None:
            return made, True
        found = await self._session.scalars(
            select(Upload).where(Upload.owner_id == owner_id, Upload.url == fields["url"])
        )
        return found.one(), False

    async def remove(self, owner_id: UUID, upload_id: UUID) -> bool:
        """Whether it was there."""
        statement = delete(Upload).where(Upload.owner_id == owner_id, Upload.id == upload_id).returning(Upload.id)
        return await self._session.scalar(statement.execution_options(**_QUIET)) is not None

    async def disown(self, owner_id: UUID) -> None:
        """The pictures may be shown in texts that stay: who brought them, and how they called them, is forgotten."""
        statement = update(Upload).where(Upload.owner_id == owner_id).values(owner_id=None, name="")
        await self._session.execute(statement.execution_options(**_QUIET))
