"""Push notices as a way out of the site: to the push service that each browser named."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from stoa.modules.deliveries.channels.channel import CannotDeliver, NotWanted, Parcel, TryAgain, Undeliverable
from stoa.modules.notifications.push.encrypting import sealed
from stoa.modules.notifications.push.keys import KeyPair, PushKeys
from stoa.modules.notifications.push.repository import PushRepository, Receiver
from stoa.shared.database import Database
from stoa.shared.errors import Unavailable
from stoa.shared.keyring import Keyring
from stoa.shared.outbound import Answered, Outbound, Unreachable
from stoa.shared.retry_after import retry_after
from stoa.shared.settings import Settings
from stoa.shared.targets import Refused

_LONGEST_WAIT: Final = 6 * 3600.0
_MOST_BYTES: Final = 4_096
_GONE: Final = "This device takes no notices any more: it was removed, or is signed out."
_WITHDRAWN: Final = "The browser takes no notices from us any more, so the device was removed."


class PushChannel:
    """The recipient is a subscription's id, the content holds `title`, `body`, `url` and `tag`."""

    name: Final = "push"
    waits: Final[Sequence[float]] = (10, 60, 600, 3600)
    seconds: Final = 30.0
    can_repeat: Final = True
    senders: Final = 2

    def __init__(self, settings: Settings, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keys = PushKeys(database, keyring)
        self._pair: KeyPair | None = None
        self._contact = contact_of(settings)
        self._outbound = Outbound(allow_private=settings.notices.private_targets, seconds=15.0, most_bytes=_MOST_BYTES)

    async def send(self, parcel: Parcel) -> str:
        """What the push service said. Raises TryAgain, Undeliverable, NotWanted."""
        receiver = await self._receiver(parcel)
        letter = await asyncio.to_thread(sealed, receiver, parcel.content, await self._own_keys(), self._contact)
        try:
            answer = await self._outbound.post(receiver.endpoint, letter.headers, letter.body)
        except Refused as error:
            raise Undeliverable(error.reason) from None
        except Unreachable as error:
            raise TryAgain(error.reason, is_uncertain=error.is_uncertain) from None
        if 200 <= answer.status < 300:
            return f"The push service answered {answer.status}."
        if answer.status in {404, 410}:
            await self._database.transact(lambda session: PushRepository(session).remove(receiver.id))
            raise NotWanted(_WITHDRAWN)
        raise _fault(answer)

    async def _receiver(self, parcel: Parcel) -> Receiver:
        """As it is now: whoever signed out meanwhile, or has the browser no more, gets nothing."""
        subscription_id = UUID(parcel.recipient)
        receiver = await self._database.transact(lambda session: PushRepository(session).one(subscription_id))
        if receiver is None or receiver.user_id != parcel.user_id:
            raise NotWanted(_GONE)
        return receiver

    async def _own_keys(self) -> KeyPair:
        if self._pair is None:
            try:
                self._pair = await self._keys.pair()
            except Unavailable as error:
                raise TryAgain(error.detail) from None
        return self._pair


def contact_of(settings: Settings) -> str:
    """Where a push service can complain about us (RFC 8292, section 2.1): a mail address, or the site's own."""
    url = settings.server.public_url.rstrip("/")
    if settings.mail.mail_from is None and url.startswith("https://"):
        return url
    return f"mailto:{settings.mail.mail_from or f'noreply@{urlsplit(url).hostname}'}"


def _fault(answer: Answered) -> CannotDeliver:
    words = "".join(c if c.isprintable() else " " for c in answer.body_head[:200].decode("utf-8", "replace")).strip()
    said = f"The push service answered {answer.status}" + (f": {words}" if words else ".")
    if answer.status == 429 or answer.status >= 500:
        return TryAgain(said, wait=retry_after(answer.headers, most=_LONGEST_WAIT))
    return Undeliverable(said)
