"""What can go wrong with telephone numbers."""

from stoa.shared.errors import Conflict, FieldFault, InvalidInput, TooManyRequests


class WrongCode(InvalidInput):
    title = "The code is wrong"

    def __init__(self, most: int) -> None:
        message = "that is not the code we sent last"
        super().__init__(
            f"That is not the code we sent last. After {most} tries you need a new one.",
            faults=(FieldFault("body.code", message),),
        )


class NoCode(Conflict):
    title = "No code is on its way"

    def __init__(self) -> None:
        super().__init__(
            "The code is too old or was tried too often, or none was sent. Save the number to get a new one."
        )


class TooManyCodes(TooManyRequests):
    def __init__(self, seconds: int) -> None:
        wait = f"{seconds // 60 + 1} minutes" if seconds < 7200 else f"{seconds // 3600 + 1} hours"
        super().__init__(f"Enough codes were sent for now. Try again in {wait}.", retry_after=seconds)
