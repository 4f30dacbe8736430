"""What happens to deliveries."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class DeliveryFailed(Event):
    """It did not arrive, and nobody tries any more."""

    type: ClassVar[str] = "delivery.failed"
    about: ClassVar[str] = "delivery_id"

    delivery_id: UUID
    channel: str
    kind: str
    reason: str
