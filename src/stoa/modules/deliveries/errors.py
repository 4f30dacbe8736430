"""Faults about deliveries."""

from stoa.shared.errors import NotFound


class DeliveryNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such delivery, or it is still under way.")
