"""What can go wrong with users."""

from stoa.shared.errors import Conflict, FieldFault, NotFound


class UserNotFound(NotFound):
    title = "No such user"

    def __init__(self, username: str | None = None) -> None:
        super().__init__(f"There is no user '{username[:60]}'." if username else "There is no such user.")


class UsernameTaken(Conflict):
    title = "The username is taken"

    def __init__(self, username: str) -> None:
        fault = FieldFault("body.username", "is taken; choose another")
        super().__init__(f"The username '{username}' is taken. Choose another.", faults=(fault,))


class EmailTaken(Conflict):
    """Told to no stranger: whoever registers is answered the same either way."""

    title = "The address has an account"

    def __init__(self) -> None:
        super().__init__("There is an account with that address already.")


class LastAdmin(Conflict):
    title = "The last admin stays"

    def __init__(self) -> None:
        super().__init__("This is the last admin: make somebody else admin first.")
