"""What the pages of imports are given. Never reads a database or a request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState
from stoa.web.studio.list_contexts import Tab
from stoa.web.studio.rail import RailLink

OUTCOMES: Final = ("imported", "updated", "unchanged", "skipped", "failed")
_STATES: Final = {
    "waiting": ("Waiting", "neutral"),
    "running": ("Running", "accent"),
    "finished": ("Finished", "success"),
    "stopped": ("Stopped", "warning"),
    "failed": ("Failed", "danger"),
    "cancelled": ("Cancelled", "neutral"),
}
_OUTCOME_KINDS: Final = {"imported": "success", "updated": "accent", "skipped": "warning", "failed": "danger"}


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What became of the items of one kind, in the order of OUTCOMES."""

    kind: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImportJobShown:
    """One import and how far it is."""

    id: str
    title: str
    importer: str
    status: str
    is_trial: bool
    started_at: datetime
    finished_at: datetime | None = None
    phase: str = ""
    total: int = 0
    done: int = 0
    counts: tuple[int, ...] = ()
    by_kind: tuple[KindCounts, ...] = ()
    error: str = ""
    can_run: bool = False
    asked_by: str = ""
    source: str = ""

    @property
    def url(self) -> str:
        return f"/studio/import/{self.id}"

    @property
    def api_url(self) -> str:
        return f"/api/v1/imports/{self.id}"

    @property
    def state(self) -> tuple[str, str]:
        """The word for its status, and the kind of its badge."""
        return _STATES[self.status]

    @property
    def is_open(self) -> bool:
        """Something is still to happen."""
        return self.status in {"waiting", "running"}

    @property
    def told(self) -> str:
        """What it is doing, in a word."""
        if self.status == "waiting":
            return "Waiting for the worker"
        return {"reading": "Reading", "importing": "Importing"}.get(self.phase, "Working")

    @property
    def items(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What became of one item."""

    number: int
    kind: str
    key: str
    outcome: str
    reason: str
    title: str
    url: str | None
    warnings: tuple[str, ...] = ()

    @property
    def badge_kind(self) -> str:
        return _OUTCOME_KINDS.get(self.outcome, "neutral")


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """Choose a file to import, the former imports, and the way to the export."""

    meta: PageMeta
    form: FormState
    most_megabytes: int
    jobs: tuple[ImportJobShown, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import: how far it is, and its report row by row."""

    meta: PageMeta
    job: ImportJobShown
    rows: tuple[ReportRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)
    is_filtered: bool = False
    outcomes: tuple[str, ...] = OUTCOMES
