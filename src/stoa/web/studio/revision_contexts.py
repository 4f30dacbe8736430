"""What the pages of an article's revisions and preview links are given. Never reads a database or a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from stoa.modules.content.articles.diffing import DiffRow
from stoa.modules.content.articles.revised import RevisionHead, RevisionListItem, RevisionOut
from stoa.web.contexts import ArticlePage, PageMeta, Pager
from stoa.web.studio.contexts import Difference, StudioArticle

ACT_WORDS: Final = {
    "saved": "Saved",
    "autosaved": "Saved by itself",
    "restored": "Restored",
    "imported": "Imported",
}
Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """The saves of an article, newest first."""

    meta: PageMeta
    article: StudioArticle
    revisions: tuple[RevisionListItem, ...]
    pager: Pager
    notice: str = ""

    @property
    def words(self) -> dict[str, str]:
        return ACT_WORDS


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One save, as text and as readers would see it."""

    meta: PageMeta
    article: StudioArticle
    revision: RevisionOut
    html: Markup

    @property
    def words(self) -> dict[str, str]:
        return ACT_WORDS


@dataclass(frozen=True, slots=True)
class SideRow:
    """A line beside the other, each in parts with whether that part is changed."""

    row: DiffRow
    before: Parts
    after: Parts


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two saves side by side; `rows` is none for texts too long to compare."""

    meta: PageMeta
    edit_url: str
    before: RevisionHead
    after: RevisionHead
    differences: tuple[Difference, ...]
    rows: tuple[SideRow, ...] | None

    @property
    def words(self) -> dict[str, str]:
        return ACT_WORDS


@dataclass(frozen=True, slots=True)
class RestorePage:
    """Asks before an article is written again as it was; `version` is the one that is replaced."""

    meta: PageMeta
    article: StudioArticle
    revision: RevisionHead
    version: int
    notice: str = ""


@dataclass(frozen=True, slots=True)
class PreviewLinksPage:
    """The links by which an article is shown before it is out; `new_link` is told this once."""

    meta: PageMeta
    article: StudioArticle
    links: Sequence[tuple[datetime, datetime]] = ()
    new_link: str = ""
    done: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPage(ArticlePage):
    """An article as readers will see it, for whoever has the link, until then."""

    until: datetime | None = None
