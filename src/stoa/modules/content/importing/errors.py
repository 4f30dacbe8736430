"""What can go wrong with an import: the whole source is refused, or one item of it."""

from stoa.shared.errors import Conflict, InvalidInput, NotFound


class SourceRefused(InvalidInput):
    """The source as a whole is missing, damaged or hostile: nothing of it is imported."""

    title = "The source cannot be imported"


class ItemRefused(InvalidInput):
    """One item cannot be imported; the others can."""

    title = "The item cannot be imported"


class BrokenFrontMatter(ItemRefused):
    title = "The front matter cannot be read"


class ImportCancelled(Conflict):
    title = "The import was cancelled"

    def __init__(self) -> None:
        super().__init__("The import was cancelled. What was imported stays.")


class ImportNotFound(NotFound):
    title = "No such import"

    def __init__(self) -> None:
        super().__init__("There is no such import. GET /api/v1/imports lists them.")


class ImportOver(Conflict):
    title = "The import cannot be changed any more"


class ImportRunning(Conflict):
    title = "An import of this source is running"

    def __init__(self, source: str) -> None:
        super().__init__(f"An import of '{source}' is running already. Wait until it ends, or stop it first.")
