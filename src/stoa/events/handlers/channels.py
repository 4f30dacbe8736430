"""The only place where channels are joined: a new one is a line here."""

from collections.abc import Sequence

from stoa.events.worker import Loop
from stoa.modules.deliveries.channels.channel import Channel
from stoa.modules.deliveries.channels.mail import MailChannel
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring
from stoa.shared.settings import Settings


def all_channels(settings: Settings, database: Database, keyring: Keyring) -> tuple[Channel, ...]:
    """Every way out of the site."""
    return (MailChannel(settings),)


def senders(channels: Sequence[Channel], database: Database) -> list[Loop]:
    """The loops of a worker that bring deliveries to their receivers."""
    return [
        (f"{channel.name} {number}", Deliverer(database, channel).deliver)
        for channel in channels
        for number in range(channel.senders)
    ]
