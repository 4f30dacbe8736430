"""Use cases of uploads: bring a picture, list one's own, forget that one brought it. Never takes a picture away."""

import asyncio
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.uploads import queries
from stoa.modules.content.uploads.errors import UploadNotFound
from stoa.modules.content.uploads.models import Upload
from stoa.modules.content.uploads.repository import UploadRepository
from stoa.modules.content.uploads.schemas import LONGEST_NAME, UploadOut
from stoa.shared.database import Database, ReadSession
from stoa.shared.errors import TooManyRequests
from stoa.shared.media.images import EncodedImage, Readable
from stoa.shared.media.names import srcset
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.store import MediaStore
from stoa.shared.pagination import PageQuery, Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor
from stoa.shared.throttle import Throttle

A_MINUTE = 60
_CURSOR = "uploads"


class Uploading:
    """Bringing a picture: looked at in another process, kept, then written down; no transaction waits for a picture."""

    def __init__(self, database: Database, media: MediaStore, pictures: PicturePool, throttle: Throttle) -> None:
        self._database = database
        self._media = media
        self._pictures = pictures
        self._throttle = throttle

    async def bring(self, actor: Actor, name: str, stream: Readable) -> tuple[UploadOut, bool]:
        """The upload, and whether it is new: the same picture brought twice by one person is one.

        Raises UnreadableImage, TooLarge, TooSlow, TooManyRequests, Unavailable, NoRoom; nothing is kept then.
        """
        wait = await self._throttle.take("upload", str(actor.user_id), limit=A_MINUTE, seconds=60)
        if wait:
            raise TooManyRequests(
                f"You sent {A_MINUTE} pictures within a minute. Try again in {wait} seconds.", retry_after=wait
            )
        image = await self._pictures.encode(stream)
        await asyncio.to_thread(self._media.keep, image)
        return await self._database.transact(lambda session: _written(session, actor, name, image))


class UploadReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, actor: Actor, query: PageQuery) -> Slice:
        """One's own uploads, newest first: UploadOut. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {"owner": actor.user_id}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, _CURSOR, datetime, UUID)
        rows = await self._reads.fetch(queries.page(query.limit, query.skip, after=bool(query.cursor)), **values)
        total = await self._reads.fetch_value(queries.TOTAL, **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["created_at"], rows[-1]["id"]) if more else None
        return Slice([_json(row) for row in rows], cursor, total)

    async def all_of(self, user_id: UUID) -> list[str]:
        """Everything a person brought, as JSON, the first one first."""
        return [_json(row) for row in await self._reads.fetch(queries.ALL_OF_PERSON, owner=user_id)]


class UploadService:
    """The caller's unit of work commits what is done here."""

    def __init__(self, session: AsyncSession) -> None:
        self._uploads = UploadRepository(session)

    async def forget(self, actor: Actor, upload_id: UUID) -> None:
        """Forget that one brought a picture; it stays, since texts may show it. Raises UploadNotFound."""
        if not await self._uploads.remove(actor.user_id, upload_id):
            raise UploadNotFound


async def _written(session: AsyncSession, actor: Actor, name: str, image: EncodedImage) -> tuple[UploadOut, bool]:
    upload, is_new = await UploadRepository(session).add(
        actor.user_id,
        url=image.stored.url,
        name=_clean(name),
        width=image.width,
        height=image.height,
        bytes=len(image.content),
    )
    return _out(upload), is_new


def _out(upload: Upload) -> UploadOut:
    return UploadOut(
        id=upload.id,
        url=upload.url,
        srcset=srcset(upload.url),
        name=upload.name,
        width=upload.width,
        height=upload.height,
        bytes=upload.bytes,
        created_at=upload.created_at,
    )


def _json(row: Mapping[str, Any]) -> str:
    return UploadOut.model_validate({**row, "srcset": srcset(row["url"])}).model_dump_json()


def _clean(name: str) -> str:
    """The file's own name on one line, without the folders it lay in."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in last if unicodedata.category(character) not in {"Cc", "Cs", "Cf"})
    return unicodedata.normalize("NFC", " ".join(shown.split()))[:LONGEST_NAME]
