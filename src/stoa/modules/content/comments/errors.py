"""What can go wrong with comments."""

from stoa.shared.errors import Conflict, FieldFault, NotFound, PermissionDenied, Stale, VersionNeeded


class CommentNotFound(NotFound):
    title = "No such comment"

    def __init__(self) -> None:
        super().__init__("There is no such comment, or it is not for you to see.")


class CommentsClosed(Conflict):
    title = "No comments here"

    def __init__(self) -> None:
        super().__init__("This article takes no comments.")


class CannotAnswer(Conflict):
    title = "It cannot be answered"

    def __init__(self) -> None:
        fault = FieldFault("body.parent_id", "cannot be answered; answer another comment, or leave it out")
        super().__init__("The comment you answer is not shown under this article.", faults=(fault,))


class SaidAlready(Conflict):
    title = "You said that already"

    def __init__(self) -> None:
        super().__init__("You wrote the same under this article a moment ago. It is there already.")


class StaleComment(Stale):
    """Carries the text that is there now: `extra["current"]`."""

    title = "The comment was changed in between"

    def __init__(self, version: int, body: str) -> None:
        super().__init__(
            f'The comment has version {version} now. Read it again and save with `If-Match: "{version}"`.',
            extra={"current": {"version": version, "body": body}},
        )


class CommentVersionNeeded(VersionNeeded):
    def __init__(self) -> None:
        super().__init__("Send the ETag of the comment as you read it in If-Match, so that no change is lost.")


class CannotRestore(Conflict):
    title = "It cannot be restored"


class NotYours(PermissionDenied):
    title = "Somebody else's comment"

    def __init__(self) -> None:
        super().__init__("The comment is somebody else's; only its writer may do this, and who moderates here.")
