"""Use cases of notifications: tell somebody, mark what was read. Sends nothing itself and knows no HTTP."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.catalogue import IN_APP, TYPES
from stoa.modules.notifications.errors import NotificationNotFound
from stoa.modules.notifications.preferences.service import PreferenceService
from stoa.modules.notifications.repository import NotificationRepository
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.telling import GROUPED, Telling, Told
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.service import UserService
from stoa.shared.ids import new_id

PURGE_DAYS: Final = 90


class NotificationService:
    """The caller's unit of work commits. Open pages hear of a change once it is committed."""

    def __init__(self, session: AsyncSession, wording: Wording) -> None:
        self._session = session
        self._wording = wording
        self._notifications = NotificationRepository(session)

    async def notify(self, notice: Notice) -> None:
        """Put it down for its receiver and have it sent by the ways they want; a repeat of the same event does nothing.

        Whoever erased their account is told nothing. KeyError for a type that is not in the catalogue.
        """
        kind = TYPES[notice.type]
        account = await UserService(self._session).look_up(notice.user_id)
        if account is None or not account.is_active:
            return
        last = await self._notifications.lock(account.id)
        if await self._notifications.has(account.id, notice.source_id, kind.name):
            return
        choices = await PreferenceService(self._session).choices(account.id, kind)
        words = await self._wording.words(
            self._session, kind, notice.payload, person=account.display_name, url=notice.url
        )
        told = Told(notice, kind, account, new_id(), words, choices)
        if notice.group_key:
            same = await self._notifications.unread_of_group(account.id, notice.group_key)
            if same:
                await self._tell_again(told, same, last + 1)
                return
        await self._tell(told, last + 1)

    async def mark_read(self, user_id: UUID, notification_id: UUID, *, read: bool = True) -> None:
        """Raises NotificationNotFound, also for another's."""
        await self._notifications.lock(user_id)
        if not await self._notifications.set_read(user_id, notification_id, read=read):
            raise NotificationNotFound
        await self._count_again(user_id)

    async def mark_all_read(self, user_id: UUID, up_to: int | None = None) -> None:
        """All of theirs, or those whose number is not above `up_to`: what came since they looked stays unread."""
        await self._notifications.lock(user_id)
        await self._notifications.set_all_read(user_id, up_to)
        await self._count_again(user_id)

    async def archive(self, user_id: UUID, notification_id: UUID) -> None:
        """Put it away, read. Raises NotificationNotFound, also for another's."""
        await self._notifications.lock(user_id)
        if not await self._notifications.archive(user_id, notification_id):
            raise NotificationNotFound
        await self._count_again(user_id)

    async def purge(self, days: int = PURGE_DAYS) -> None:
        """Delete what was read, archived or never shown so long ago."""
        await self._notifications.purge(days)

    async def _tell(self, told: Told, number: int) -> None:
        is_shown = told.choices[IN_APP].wish != "off"
        await self._notifications.add(
            {
                "id": told.notification_id,
                "user_id": told.account.id,
                "category": told.kind.category,
                "type": told.kind.name,
                "group_key": told.notice.group_key,
                "source_id": told.notice.source_id,
                "is_shown": is_shown,
                **_content(told, number),
            }
        )
        await self._notifications.numbered(told.account.id, number, more_unread=int(is_shown))
        await Telling(self._session, self._wording).tell(told)
        if is_shown:
            await self._notifications.tell_streams(told.account.id)

    async def _tell_again(self, told: Told, same: UUID, number: int) -> None:
        """What nobody read yet happened once more: that one grows, and nothing else leaves the site."""
        if not await Telling(self._session, self._wording).keep_silent(replace(told, notification_id=same), GROUPED):
            return
        await self._notifications.grow(same, _content(told, number))
        await self._notifications.numbered(told.account.id, number, more_unread=0)
        await self._notifications.tell_streams(told.account.id)

    async def _count_again(self, user_id: UUID) -> None:
        await self._notifications.count_again(user_id)
        await self._notifications.tell_streams(user_id)


def _content(told: Told, number: int) -> dict[str, object]:
    return {
        "number": number,
        "title": told.words.subject,
        "message": told.words.short,
        "url": told.notice.url,
        "payload": dict(told.notice.payload),
    }
