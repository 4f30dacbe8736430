"""What can go wrong with uploads, besides the pictures themselves."""

from stoa.shared.errors import NotFound


class UploadNotFound(NotFound):
    title = "No such upload"

    def __init__(self) -> None:
        super().__init__("You have no such upload. GET /api/v1/uploads lists those you have.")
