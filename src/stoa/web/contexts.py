"""What each public page is given: one frozen dataclass a page, whose fields are the names its template may use.

Never reads a database, a request or a setting. Text is plain and is escaped by the template; what is HTML
already, and sanitised, is `Markup`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal
from unicodedata import combining, normalize
from urllib.parse import quote

from markupsafe import Markup

from stoa.web.comments.contexts import ReactionView, Talk
from stoa.web.following.buttons import FollowView
from stoa.web.search_filters import MATCHES, SORTS, SearchFilters

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})
_WORTH_TELLING = timedelta(days=1)
_MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Site:
    """The publication itself, the same on every page. `url` has no slash at its end."""

    name: str
    description: str
    url: str
    language: str = "en"
    accent: str = "#2f5d50"
    reading_font: Literal["serif", "sans"] = "serif"
    can_ask: bool = False
    has_assistant: bool = False
    has_summaries: bool = True

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self.language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that the head of a page names, so that a feed reader finds it."""

    url: str
    title: str
    media_type: str = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Picture:
    """What other sites show beside a link to the page; `size` is width and height, where they are known."""

    url: str
    alt: str = ""
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What the head says. `title` comes without the site's name, URLs are absolute, `json_ld` is plain data.

    `properties` are further ones of Open Graph, such as `article:tag`.
    """

    title: str
    description: str
    canonical_url: str
    image: Picture | None = None
    type: Literal["website", "article", "profile"] = "website"
    properties: tuple[tuple[str, str], ...] = ()
    json_ld: Mapping[str, Any] | None = None
    feeds: tuple[FeedLink, ...] = ()
    previous_url: str | None = None
    next_url: str | None = None
    noindex: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person who looks, for the header of every page; nobody is None. `csrf_token` goes into their forms.

    `unread` counts their notifications.
    """

    username: str
    display_name: str
    avatar_url: str | None
    can_write: bool
    can_read_mail: bool
    csrf_token: str
    can_word_notices: bool = False
    can_manage_webhooks: bool = False
    can_manage_ai: bool = False
    can_chat: bool = False
    unread: int = 0

    @property
    def unread_label(self) -> str:
        """The number beside the bell."""
        return str(self.unread) if self.unread <= _MOST_COUNTED else f"{_MOST_COUNTED}+"

    @property
    def initial(self) -> str:
        return _first_letter(self.display_name, self.username)

    @property
    def url(self) -> str:
        return f"/authors/{_in_path(self.username)}"


@dataclass(frozen=True, slots=True)
class AuthorRef:
    """Who wrote it. Without an avatar the first letter of the name stands in."""

    username: str
    display_name: str
    bio: str = ""
    avatar_url: str | None = None

    @property
    def url(self) -> str:
        return f"/authors/{_in_path(self.username)}"

    @property
    def initial(self) -> str:
        return _first_letter(self.display_name, self.username)


@dataclass(frozen=True, slots=True)
class TagRef:
    """A topic. `article_count` is shown where it is known."""

    slug: str
    name: str
    article_count: int | None = None

    @property
    def url(self) -> str:
        return f"/tags/{_in_path(self.slug)}"


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page that stands by itself, such as "About", in the footer."""

    slug: str
    title: str

    @property
    def url(self) -> str:
        return f"/articles/{_in_path(self.slug)}"


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article without its text, for lists and for the head of its own page. Times carry a zone."""

    slug: str
    title: str
    excerpt: str
    published_at: datetime | None
    updated_at: datetime | None
    reading_minutes: int
    comment_count: int
    tags: tuple[TagRef, ...]
    author: AuthorRef
    cover_url: str | None = None
    cover_alt: str = ""

    @property
    def url(self) -> str:
        return f"/articles/{_in_path(self.slug)}"

    @property
    def is_revised(self) -> bool:
        """It was changed so long after publication that a reader wants to know."""
        if self.published_at is None or self.updated_at is None:
            return False
        return self.updated_at - self.published_at > _WORTH_TELLING


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading of the text: its level (2 to 6), the id of its anchor and its words."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the list goes on. `label` says where the reader is: "Page 3"."""

    next_url: str | None = None
    previous_url: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found article; in `title` and `snippet` the matched words stand in `<mark>`, all else is escaped."""

    article: ArticleCard
    title: Markup
    snippet: Markup


@dataclass(frozen=True, slots=True)
class HomePage:
    """The newest article large (`lead`, on the first page only), then the others, and popular topics."""

    meta: PageMeta
    lead: ArticleCard | None
    articles: tuple[ArticleCard, ...]
    tags: tuple[TagRef, ...] = ()
    pager: Pager = Pager()
    is_first_page: bool = True


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article to read. `html` is sanitised already; `language` is named if it is not the site's.

    `lead` is the author's own line under the headline, none where the excerpt was only cut from the text; `summary` is
    made by the site.
    """

    meta: PageMeta
    article: ArticleCard
    html: Markup
    lead: str | None = None
    toc: tuple[TocEntry, ...] = ()
    summary: str | None = None
    related: tuple[ArticleCard, ...] = ()
    language: str | None = None
    talk: Talk | None = None
    reactions: tuple[ReactionView, ...] = ()
    follow: FollowView | None = None


@dataclass(frozen=True, slots=True)
class TagPage:
    """The articles of one topic, newest first."""

    meta: PageMeta
    tag: TagRef
    articles: tuple[ArticleCard, ...]
    pager: Pager = Pager()
    follow: FollowView | None = None


@dataclass(frozen=True, slots=True)
class TagsPage:
    """Every topic, in alphabetical order."""

    meta: PageMeta
    tags: tuple[TagRef, ...]

    @property
    def groups(self) -> list[tuple[str, list[TagRef]]]:
        """The topics under their first letters; what starts with no letter comes first, under "#"."""
        ordered = sorted(self.tags, key=lambda tag: (_initial(tag) != "#", _plain(tag.name)))
        return [(letter, list(tags)) for letter, tags in groupby(ordered, key=_initial)]


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """A writer's public face and articles, newest first. `article_count` is shown where it is known."""

    meta: PageMeta
    author: AuthorRef
    articles: tuple[ArticleCard, ...]
    article_count: int | None = None
    pager: Pager = Pager()
    website: str | None = None
    social_links: tuple[str, ...] = ()
    follow: FollowView | None = None


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A filter in force: its words, and the address of the same search without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found. `corrected` is what was searched for instead of `query`, `error` why nothing was.

    `filters` are the choices of the form, `active` those in force; `tags` are offered where there is nothing else.
    """

    meta: PageMeta
    query: str = ""
    hits: tuple[SearchHit, ...] = ()
    corrected: str | None = None
    filters: SearchFilters = field(default_factory=SearchFilters)
    active: tuple[FilterLink, ...] = ()
    tags: tuple[TagRef, ...] = ()
    pager: Pager = Pager()
    error: str | None = None

    @property
    def total_shown(self) -> int:
        return len(self.hits)

    @property
    def matches(self) -> Mapping[str, str]:
        return MATCHES

    @property
    def sorts(self) -> Mapping[str, str]:
        return SORTS


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong and what to do: 403, 404, 429, 500 and the like. `request_id` helps who is asked for help."""

    meta: PageMeta
    status: int
    title: str
    detail: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class StyleguidePage:
    """Every component with sample data, for looking at. Shown in development only."""

    meta: PageMeta
    articles: tuple[ArticleCard, ...]
    tags: tuple[TagRef, ...]
    authors: tuple[AuthorRef, ...]
    icons: tuple[str, ...]
    pager: Pager


Page = HomePage | ArticlePage | TagPage | TagsPage | AuthorPage | SearchPage | ErrorPage | StyleguidePage


def _first_letter(name: str, username: str) -> str:
    return (name.strip() or username)[:1].upper()


@lru_cache(maxsize=8192)
def _in_path(name: str) -> str:
    return quote(name, safe="")


def _initial(tag: TagRef) -> str:
    first = _plain(tag.name)[:1].upper()
    return first if first.isalpha() else "#"


def _plain(name: str) -> str:
    """Without case and accents: "Ärger" stands under A."""
    return "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))
