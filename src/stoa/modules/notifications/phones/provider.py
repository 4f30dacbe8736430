"""The port to whoever sends SMS, and the one that sends none."""

from typing import Final, Protocol

import structlog

from stoa.modules.deliveries.channels.channel import NotSetUp

log = structlog.get_logger("stoa.sms")
_NOT_SET_UP: Final = "No SMS provider is set (STOA_SMS_PROVIDER), so nothing was sent. The words are kept here."


class SmsProvider(Protocol):
    async def send(self, number: str, text: str) -> str:
        """Hand an SMS over; the provider's own id of it. Raises CannotDeliver."""


class LogProvider:
    """Says in the log that an SMS was not sent, without its words, which may hold a code."""

    async def send(self, number: str, text: str) -> str:
        """Raises NotSetUp."""
        log.info("an SMS was not sent: no provider is set", to=last_digits(number), characters=len(text))
        raise NotSetUp(_NOT_SET_UP)


def last_digits(number: str) -> str:
    """Enough to tell one's numbers apart, not enough to call."""
    return f"...{number[-3:]}"
