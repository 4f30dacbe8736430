"""The ways out of the site that one notice takes, and why it does not take the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.deliveries.schemas import Mail, Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.catalogue import CATEGORIES, CHANNELS, MAIL, PUSH, SMS, Category, NoticeType
from stoa.modules.notifications.phones.service import PhoneService
from stoa.modules.notifications.preferences.schemas import Choice
from stoa.modules.notifications.push.service import PushService
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.wording.schemas import Words
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.schemas import Account
from stoa.shared.clock import utc_now

GROUPED: Final = "One like it was there already and not read, so it was counted there."
BANNED: Final = "The account is banned."
_OF_THEM: Final = frozenset({"security", "account"})
_MISSING: Final[Mapping[str, str]] = {
    SMS: "You gave no telephone number, or have not confirmed it.",
    PUSH: "No device of yours takes push notices.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One notice with all that is known of it."""

    notice: Notice
    kind: NoticeType
    account: Account
    notification_id: UUID
    words: Words
    choices: Mapping[str, Choice]


class Telling:
    """Every way leaves a delivery: to be sent, or put down with the reason why not."""

    def __init__(self, session: AsyncSession, wording: Wording) -> None:
        self._deliveries = DeliveryService(session)
        self._phones = PhoneService(session)
        self._push = PushService(session)
        self._wording = wording

    async def tell(self, told: Told) -> None:
        for channel in (MAIL, SMS, PUSH):
            reason = _why_silent(told, channel)
            receivers = [] if reason else await self._receivers(told, channel)
            for receiver in receivers:
                await self._deliveries.send(self._message(told, channel, receiver))
            if not receivers:
                await self._put_down(told, channel, reason or _why_nowhere(told, channel))

    async def keep_silent(self, told: Told, reason: str) -> bool:
        """Nothing leaves, for one reason; False when the same event was put down before."""
        put_down = [
            await self._put_down(told, channel, _why_silent(told, channel) or reason) for channel in (MAIL, SMS, PUSH)
        ]
        return any(put_down)

    async def _receivers(self, told: Told, channel: str) -> list[str]:
        account = told.account
        if channel == MAIL:
            return [account.email] if account.email and account.is_verified else []
        if channel == SMS:
            number = await self._phones.confirmed_number(account.id)
            return [number] if number else []
        return [str(subscription) for subscription in await self._push.receivers(account.id)]

    def _message(self, told: Told, channel: str, receiver: str) -> Message:
        if channel == MAIL:
            return self._mail(told, receiver)
        words, notice = told.words, told.notice
        content: dict[str, object] = {"text": words.short}
        if channel == PUSH:
            url = self._wording.absolute(notice.url or f"/notifications/{told.notification_id}")
            content = {"title": words.subject, "body": words.short, "url": url, "tag": str(told.notification_id)}
        return Message(
            channel, told.kind.name, receiver, content, told.account.id, told.notification_id, notice.source_id
        )

    def _mail(self, told: Told, receiver: str) -> Message:
        category, words = CATEGORIES[told.kind.category], told.words
        link = None if MAIL in category.locked else self._wording.unsubscribe_link(told.account.id, category.name)
        mail = Mail(told.kind.name, receiver, words.subject, words.text, words.html, unsubscribe_url=link)
        return mail.message(
            user_id=told.account.id, notification_id=told.notification_id, source_id=told.notice.source_id
        )

    async def _put_down(self, told: Told, channel: str, reason: str) -> bool:
        """Whom it would have gone to, as far as that is known; a person's id otherwise, so that no two are the same."""
        receiver = (told.account.email if channel == MAIL else None) or str(told.account.id)
        return await self._deliveries.suppress(self._message(told, channel, receiver), reason) is not None


def why_hidden(category: Category) -> str:
    """Why a notice is kept, and not shown on the site."""
    return f'You switched "{CHANNELS["in_app"]}" off for {category.label}.'


def _why_silent(told: Told, channel: str) -> str | None:
    choice, category = told.choices[channel], CATEGORIES[told.kind.category]
    if choice.wish == "off":
        if choice.is_chosen:
            return f"You switched {CHANNELS[channel]} off for {category.label}."
        return f"{CHANNELS[channel]} is off for {told.kind.label} unless you switch it on for {category.label}."
    if category.name not in _OF_THEM and told.account.ban(utc_now()):
        return BANNED
    return None


def _why_nowhere(told: Told, channel: str) -> str:
    if channel == MAIL:
        return (
            "You have not confirmed your mail address." if told.account.email else "Your account has no mail address."
        )
    return _MISSING[channel]
