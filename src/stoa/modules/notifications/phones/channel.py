"""SMS as a way out of the site, by the provider that the operator chose."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from stoa.modules.deliveries.channels.channel import Parcel
from stoa.modules.notifications.phones.provider import LogProvider, SmsProvider
from stoa.modules.notifications.phones.short_text import short_text
from stoa.modules.notifications.phones.twilio import Twilio
from stoa.shared.settings import Settings
from stoa.shared.settings_parts import NoticeSettings

PROVIDERS: Final[Mapping[str, Callable[[NoticeSettings], SmsProvider]]] = {
    "log": lambda _: LogProvider(),
    "twilio": Twilio,
}
"""By the names that `STOA_SMS_PROVIDER` takes; a new one is a line here and a word there."""


class SmsChannel:
    """The recipient is a number in E.164, the content holds `text`."""

    name: Final = "sms"
    waits: Final[Sequence[float]] = (10, 60, 600, 3600)
    seconds: Final = 20.0
    can_repeat: Final = False
    senders: Final = 1

    def __init__(self, settings: Settings) -> None:
        self._provider = PROVIDERS[settings.notices.sms_provider](settings.notices)

    async def send(self, parcel: Parcel) -> str:
        """The provider's id of the SMS. Raises NotSetUp, TryAgain, Undeliverable."""
        return await self._provider.send(parcel.recipient, short_text(str(parcel.content["text"])))
