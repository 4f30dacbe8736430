"""What can go wrong with push."""

from stoa.shared.errors import Conflict, NotFound, Unauthenticated


class SubscriptionNotFound(NotFound):
    title = "No such device"

    def __init__(self) -> None:
        super().__init__("You have no such device. GET /api/v1/notifications/push/subscriptions lists yours.")


class TooManyDevices(Conflict):
    title = "Too many devices"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} devices of yours take notices already. Remove one first.")


class SessionEnded(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("This session has ended. Sign in again, then switch notices on for this device.")
