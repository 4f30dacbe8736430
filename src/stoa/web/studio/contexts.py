"""What each page of the studio is given: one frozen dataclass a page. Never reads a database or a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from markupsafe import Markup

from stoa.modules.content.articles.diffing import DiffLine
from stoa.web.contexts import PageMeta

_KINDS = {
    "published": ("Published", "success"),
    "scheduled": ("Scheduled", "accent"),
    "archived": ("Archived", "neutral"),
}
_IN_BIN = ("In the bin", "warning")
_FOLDED = {"meta_title", "meta_description", "canonical_url", "excerpt", "language"}
_DRAFT = ("Draft", "neutral")


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """An article as it stands in the form: what was typed, not yet checked. `tags` are names divided by commas."""

    title: str = ""
    body: str = ""
    slug: str = ""
    lead: str = ""
    tags: str = ""
    cover_url: str = ""
    cover_alt: str = ""
    meta_title: str = ""
    meta_description: str = ""
    canonical_url: str = ""
    excerpt: str = ""
    kind: str = ""
    visibility: str = ""
    has_comments: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class StudioArticle:
    """An article that somebody may work on, without its text."""

    id: UUID
    slug: str
    title: str
    status: str
    author_name: str
    updated_at: datetime
    published_at: datetime | None
    reading_minutes: int
    is_deleted: bool = False
    is_public: bool = False
    publish_at: datetime | None = None
    is_page: bool = False

    @property
    def edit_url(self) -> str:
        return f"/studio/articles/{quote(self.slug, safe='')}"

    @property
    def public_url(self) -> str:
        return f"/articles/{quote(self.slug, safe='')}"

    @property
    def state(self) -> tuple[str, str]:
        """The word for its status, and the kind of its badge."""
        return _IN_BIN if self.is_deleted else _KINDS.get(self.status, _DRAFT)


@dataclass(frozen=True, slots=True)
class Done:
    """What has just been done, and where that can be looked at."""

    text: str
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The form of an article; `article` is none for a new one, `version` the one that was read.

    `publish_at` is the time for scheduling as it stands in its field, UTC. `preview` is how a text looks: the one
    typed (`is_typed`) or the one saved. `notice` says why nothing was saved.
    """

    meta: PageMeta
    fields: ArticleFields
    article: StudioArticle | None = None
    version: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    preview: Markup | None = None
    is_typed: bool = False
    is_foreign: bool = False
    can_publish: bool = True
    can_delete: bool = True
    publish_at: str = ""
    done: Done | None = None

    @property
    def action(self) -> str:
        return self.article.edit_url if self.article else "/studio/new"

    @property
    def autosave_url(self) -> str:
        """Where the text is saved by itself; nowhere for what readers see, and for what is somebody else's."""
        if self.is_foreign or (self.article and self.article.status not in {"draft", "scheduled"}):
            return ""
        return f"{self.action}/autosave"

    @property
    def more_is_open(self) -> bool:
        """Something under "More" was refused and must be seen."""
        return bool(_FOLDED & set(self.errors))


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same in both."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """The article was saved by somebody else in between: both texts, and what is different.

    `version` is theirs, so that saving replaces exactly what is shown. `lines` is none for texts too long to compare.
    """

    meta: PageMeta
    article: StudioArticle
    version: int
    act: str
    fields: ArticleFields
    theirs: ArticleFields
    lines: tuple[DiffLine, ...] | None = ()
    differences: tuple[Difference, ...] = ()
    publish_at: str = ""


@dataclass(frozen=True, slots=True)
class DeletePage:
    """Asks before an article goes to the bin."""

    meta: PageMeta
    article: StudioArticle
