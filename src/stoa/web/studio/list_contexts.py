"""What the list of articles is given. Never reads a database or a request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote, urlencode

from stoa.web.contexts import PageMeta, Pager
from stoa.web.studio.contexts import Done
from stoa.web.studio.rail import RailLink

View = Literal["all", "draft", "scheduled", "published", "archived", "deleted"]
Whose = Literal["mine", "everybody"]
KindWanted = Literal["any", "article", "page"]
SortBy = Literal["updated_at", "published_at", "title"]
VIEWS: Final[dict[View, str]] = {
    "all": "All",
    "draft": "Drafts",
    "scheduled": "Scheduled",
    "published": "Published",
    "archived": "Archived",
    "deleted": "Bin",
}
STATES: Final = {
    "draft": ("Draft", "neutral"),
    "published": ("Published", "success"),
    "scheduled": ("Scheduled", "accent"),
    "archived": ("Archived", "neutral"),
    "deleted": ("In the bin", "warning"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is listed: every choice of the filter's form, as it stands there."""

    show: View = "all"
    whose: Whose = "mine"
    kind: KindWanted = "any"
    tag: str = ""
    author: str = ""
    q: str = ""
    sort: SortBy = "updated_at"

    @property
    def kept(self) -> dict[str, str]:
        """The choices that are not the usual ones, for addresses."""
        usual = Filters()
        names = ("show", "whose", "kind", "tag", "author", "q", "sort")
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(usual, name)}

    @property
    def query(self) -> str:
        return f"?{urlencode(self.kept)}" if self.kept else ""

    @property
    def is_narrow(self) -> bool:
        """More is asked for than a status: an empty list says nothing of what there is."""
        return bool(self.kept.keys() - {"show", "whose", "sort"})


@dataclass(frozen=True, slots=True)
class Tab:
    """A status to choose."""

    label: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class RowTag:
    """A topic of an article; `url` lists what carries it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in the list. `when` is the time that matters for its state, `when_is` says which one that is."""

    slug: str
    title: str
    status: str
    author_name: str
    when: datetime
    when_is: str
    tags: tuple[RowTag, ...] = ()
    comment_count: int = 0
    is_page: bool = False
    is_chosen: bool = False

    @property
    def edit_url(self) -> str:
        return f"/studio/articles/{quote(self.slug, safe='')}"

    @property
    def state(self) -> tuple[str, str]:
        """The word for its status, and the kind of its badge."""
        return STATES[self.status]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An article that an act was refused for, and why."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of an act on several articles, where not all of it went well."""

    text: str
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """The articles one may work on. `problem` is why nothing was searched."""

    meta: PageMeta
    articles: tuple[ArticleRow, ...] = ()
    filters: Filters = Filters()
    tabs: tuple[Tab, ...] = ()
    rail: tuple[RailLink, ...] = ()
    pager: Pager = field(default_factory=Pager)
    moderates: bool = False
    can_publish: bool = True
    can_delete: bool = True
    done: Done | None = None
    result: BulkResult | None = None
    problem: str = ""
    tag_typed: str = ""

    @property
    def bulk_url(self) -> str:
        return f"/studio/bulk{self.filters.query}"
