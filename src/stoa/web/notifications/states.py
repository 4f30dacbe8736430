"""The states of deliveries as people read them."""

from collections.abc import Mapping
from typing import Final

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "pending": ("On its way", "neutral"),
    "sending": ("On its way", "neutral"),
    "uncertain": ("Not certain", "warning"),
    "sent": ("Sent", "success"),
    "failed": ("Failed", "danger"),
    "suppressed": ("Not sent", "neutral"),
}


def state_words(state: str, tries: int = 0) -> tuple[str, str]:
    """The word for a state, and the kind of badge it stands in."""
    if state == "pending" and tries:
        return "Waits for another try", "warning"
    return _STATES[state]
