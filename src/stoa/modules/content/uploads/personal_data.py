"""What uploads know of a person: which pictures they brought. With the account only that is forgotten."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.uploads.repository import UploadRepository
from stoa.modules.content.uploads.service import UploadReads
from stoa.shared.database import ReadSession


class UploadsOfPerson:
    """The `PersonalData` of uploads."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        items = await UploadReads(reads).all_of(user_id)
        return {"uploads.json": f"[{','.join(items)}]".encode()} if items else {}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await UploadRepository(session).disown(user_id)
