"""What happens to webhooks."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class WebhookDisabled(Event):
    """Nothing is sent to that endpoint any more, because of how it answered."""

    type: ClassVar[str] = "webhook.disabled"
    about: ClassVar[str] = "endpoint_id"

    endpoint_id: UUID
    host: str
    reason: str
