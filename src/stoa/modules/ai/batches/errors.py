"""What can go wrong with a batch."""

from stoa.shared.errors import Conflict, NotFound


class BatchNotFound(NotFound):
    code = "batch-not-found"
    title = "There is no such batch"

    def __init__(self) -> None:
        super().__init__("You have no batch of that id. GET /api/v1/ai/batch lists yours; they are kept for 30 days.")


class TooManyBatches(Conflict):
    code = "too-many-batches"
    title = "Too many batches are under way"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} batches that are not finished. Wait for one of them, or cancel one.")


class BatchOver(Conflict):
    code = "batch-over"
    title = "The batch has ended"

    def __init__(self) -> None:
        super().__init__("The batch has ended already: there is nothing to cancel.")
