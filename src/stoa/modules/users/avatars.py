"""Pictures of people: decoded, cut to a square, encoded anew and kept under the name of their contents."""

import asyncio
from uuid import UUID

from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.media.images import Readable
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.store import MediaStore, remove_afterwards

SIDE = 400


class Avatars:
    def __init__(self, database: Database, media: MediaStore, pictures: PicturePool) -> None:
        self._database = database
        self._media = media
        self._pictures = pictures

    async def put(self, user_id: UUID, stream: Readable) -> str:
        """Answers the picture's address. Raises UnreadableImage, TooLarge, TooSlow, Unavailable."""
        image = await self._pictures.encode_square(stream, SIDE)
        stored = await asyncio.to_thread(self._media.keep, image)
        await self._replace(user_id, stored.url)
        return stored.url

    async def remove(self, user_id: UUID) -> None:
        await self._replace(user_id, None)

    async def _replace(self, user_id: UUID, url: str | None) -> None:
        former = await self._database.transact(lambda session: UserService(session).set_avatar(user_id, url))
        if former:
            await asyncio.to_thread(remove_afterwards, self._media, former)
