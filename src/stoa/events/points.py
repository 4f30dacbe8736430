"""Named places at which tests make a process die. In the product nothing happens there."""

from collections.abc import Callable

Hook = Callable[[str], None]

POINTS = (
    "relay.before_send",
    "relay.before_commit",
    "relay.after_commit",
    "dispatch.before_effect",
    "dispatch.before_commit",
    "dispatch.after_commit",
    "consumer.after_ack",
    "retry.taken",
)


def nothing(_point: str) -> None:
    """Go on."""
