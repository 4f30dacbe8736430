"""What the pages of topics are given. Never reads a database or a request."""

from dataclasses import dataclass, field

from stoa.web.contexts import PageMeta, Pager, TagRef
from stoa.web.forms import FormState
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import Tab
from stoa.web.studio.rail import RailLink


@dataclass(frozen=True, slots=True)
class TopicsPage:
    """The topics there are, or those in the bin."""

    meta: PageMeta
    topics: tuple[TagRef, ...] = ()
    is_bin: bool = False
    search: str = ""
    sort: str = "name"
    tabs: tuple[Tab, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)
    can_delete: bool = True
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class TopicPage:
    """One topic: its name and address, and what it can be merged into. `carried` counts drafts too."""

    meta: PageMeta
    topic: TagRef
    carried: int
    form: FormState
    merging: FormState = field(default_factory=FormState)
    rail: tuple[RailLink, ...] = ()
    can_delete: bool = True
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class TopicConfirmPage:
    """Asks before topics are merged, or one goes to the bin. `into` is the slug of the one that stays."""

    meta: PageMeta
    title: str
    text: str
    action: str
    submit: str
    back: str
    into: str = ""
    rail: tuple[RailLink, ...] = ()
