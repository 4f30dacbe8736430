"""What the queue of comments is given. Never reads a database or a request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote

from markupsafe import Markup

from stoa.web.contexts import PageMeta, Pager
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import BulkResult, Tab
from stoa.web.studio.rail import RailLink

Show = Literal["held", "visible", "rejected", "deleted"]
SHOWN: Final[dict[Show, str]] = {"held": "Held", "visible": "All shown", "rejected": "Rejected", "deleted": "Bin"}
ACTS: Final[dict[str, tuple[str, str]]] = {
    "approve": ("Approve", "a"),
    "reject": ("Hide", "h"),
    "delete": ("Delete", "d"),
    "restore": ("Restore", "a"),
}
_ACTS_OF: Final[dict[Show, tuple[str, ...]]] = {
    "held": ("approve", "reject", "delete"),
    "visible": ("reject", "delete"),
    "rejected": ("approve", "delete"),
    "deleted": ("restore",),
}


@dataclass(frozen=True, slots=True)
class CommentAct:
    """What can be done to a comment; `key` does it without the mouse."""

    name: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text as it was written; `kind` says what the guard took it for, empty: nothing."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class QueuedRow:
    """A comment in the queue. `why` says why it is held, `html` is sanitised.

    `pieces` is the text as it was written with the words marked that the guard found; empty where it found none.
    """

    id: str
    html: Markup
    writer: str
    writer_url: str | None
    article_title: str
    article_slug: str
    created_at: datetime
    status: str
    why: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    is_answer: bool = False
    is_edited: bool = False
    is_chosen: bool = False

    @property
    def article_url(self) -> str:
        return f"/articles/{quote(self.article_slug, safe='')}"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The comments that somebody may decide about."""

    meta: PageMeta
    show: Show
    comments: tuple[QueuedRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)
    moderates: bool = False
    done: Done | None = None
    result: BulkResult | None = None

    @property
    def acts(self) -> tuple[CommentAct, ...]:
        return tuple(CommentAct(name, *ACTS[name]) for name in _ACTS_OF[self.show])
