"""What the use cases of webhooks share in one process. Made once, in `main`."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from stoa.shared.keyring import Keyring


@dataclass(frozen=True, slots=True)
class WebhookParts:
    """`event_types` are all there are; `allow_private` lets endpoints be machines inside, for development."""

    keyring: Keyring
    event_types: Sequence[str]
    allow_private: bool


def webhooks_of(request: Request) -> WebhookParts:
    parts: WebhookParts = request.app.state.webhooks
    return parts
