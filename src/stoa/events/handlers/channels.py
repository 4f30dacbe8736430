"""The only place where channels are joined: a new one is a line here."""

from collections.abc import Sequence

from stoa.events.worker import Loop
from stoa.modules.deliveries.channels.apprise import AppriseChannel
from stoa.modules.deliveries.channels.channel import Channel
from stoa.modules.deliveries.channels.mail import MailChannel
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.notifications.phones.channel import SmsChannel
from stoa.modules.notifications.push.channel import PushChannel
from stoa.modules.webhooks.channel import WebhookChannel, outbound
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring
from stoa.shared.settings import Settings


def all_channels(settings: Settings, database: Database, keyring: Keyring) -> tuple[Channel, ...]:
    """Every way out of the site."""
    client = outbound(allow_private=settings.notices.private_targets)
    return (
        MailChannel(settings),
        AppriseChannel(settings),
        SmsChannel(settings),
        PushChannel(settings, database, keyring),
        WebhookChannel(database, keyring, client),
    )


def senders(channels: Sequence[Channel], database: Database) -> list[Loop]:
    """The loops of a worker that bring deliveries to their receivers."""
    return [
        (f"{channel.name} {number}", Deliverer(database, channel).deliver)
        for channel in channels
        for number in range(channel.senders)
    ]
