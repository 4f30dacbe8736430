"""What the queue of articles is given. Never reads a database or a request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote

from stoa.web.contexts import PageMeta, Pager
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import BulkResult, Tab
from stoa.web.studio.rail import RailLink

FINDINGS: Final = "/studio/comments/articles"
FINDINGS_TAB: Final = "Articles"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that the guard found, with what stands around them."""

    before: str
    text: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A published article that somebody should look at; `why` says what the guard took it for."""

    id: str
    title: str
    slug: str
    author: str
    found_at: datetime
    why: tuple[str, ...]
    passages: tuple[Passage, ...] = ()

    @property
    def url(self) -> str:
        return f"/articles/{quote(self.slug, safe='')}"


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """The articles in which the site's guard found something."""

    meta: PageMeta
    findings: tuple[FindingRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)
    done: Done | None = None
    result: BulkResult | None = None
