"""What can go wrong with findings."""

from stoa.shared.errors import NotFound


class FindingNotFound(NotFound):
    title = "No such finding"

    def __init__(self) -> None:
        super().__init__("There is no such finding, or somebody closed it already.")
