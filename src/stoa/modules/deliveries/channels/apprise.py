"""Whatever else Apprise knows (chat rooms, pagers): told to the addresses that the site's own settings name."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from stoa.modules.deliveries.channels.channel import NotSetUp, Parcel, TryAgain, Undeliverable
from stoa.modules.deliveries.schemas import Message
from stoa.shared.settings import Settings

APPRISE: Final = "apprise"


def to_service(number: int, kind: str, title: str, body: str, *, source_id: UUID) -> Message:
    """To one of the addresses, by its place: the address itself may hold a secret and stays in the settings."""
    return Message(APPRISE, kind, f"service {number + 1}", {"title": title, "body": body}, source_id=source_id)


def service_addresses(settings: Settings) -> list[str]:
    """As the settings have them."""
    chosen = settings.notices.apprise_urls
    return chosen.get_secret_value().split() if chosen else []


class AppriseChannel:
    name: Final = APPRISE
    waits: Final[Sequence[float]] = (10, 60, 600, 3600)
    seconds: Final = 60.0
    can_repeat: Final = True
    senders: Final = 1

    def __init__(self, settings: Settings) -> None:
        self._addresses = service_addresses(settings)

    async def send(self, parcel: Parcel) -> str:
        """Raises NotSetUp, TryAgain, Undeliverable."""
        place = int(parcel.recipient.rpartition(" ")[2]) - 1
        if place >= len(self._addresses):
            raise Undeliverable("There is no such address in STOA_APPRISE_URLS any more.")
        try:
            from apprise import Apprise  # noqa: PLC0415 # large, and only installed where it is wanted
        except ImportError:
            raise NotSetUp("Apprise is not installed: install Stoa with the extra `apprise`.") from None
        service = Apprise()
        if not service.add(self._addresses[place]):
            raise Undeliverable(f"The {place + 1}. address in STOA_APPRISE_URLS is none that Apprise knows.")
        if not await service.async_notify(title=str(parcel.content["title"]), body=str(parcel.content["body"])):
            raise TryAgain("The service did not take it.")
        return "taken"
