"""What happens to imports."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class ImportFinished(Event):
    """An import went through all of its source; the numbers are of its items. What it brought in tells no event."""

    type: ClassVar[str] = "import.finished"
    about: ClassVar[str] = "import_id"

    import_id: UUID
    imported: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ImportFailed(Event):
    """Nothing more of a source will be imported: it was refused. `reason` says why, in one line."""

    type: ClassVar[str] = "import.failed"
    about: ClassVar[str] = "import_id"

    import_id: UUID
    reason: str
