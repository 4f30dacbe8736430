"""What can go wrong with notifications."""

from stoa.shared.errors import InvalidInput, NotFound


class NotificationNotFound(NotFound):
    title = "No such notification"

    def __init__(self) -> None:
        super().__init__("There is no such notification of yours. GET /api/v1/notifications lists those there are.")


class CannotChoose(InvalidInput):
    title = "This cannot be chosen"


class UnknownType(NotFound):
    title = "No such notice"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no notice '{name}'. GET /api/v1/admin/notification-templates lists those there are."
        )


class NoOwnWords(NotFound):
    title = "There are no words of your own"

    def __init__(self, name: str) -> None:
        super().__init__(f"The notice '{name}' has the built-in words already.")


class FaultyTemplate(InvalidInput):
    """What is wrong stands in the faults: the part, the line and the cause."""

    title = "The template cannot be used"


class UnknownLink(NotFound):
    title = "The link is not valid"

    def __init__(self) -> None:
        super().__init__(
            "This link is not one of ours, or not whole. Copy it whole from the mail, or sign in and choose."
        )
