"""Articles on the wire and between modules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.modules.users.schemas import PublicUser, UserRef
from stoa.shared.clock import Moment
from stoa.shared.markdown.render import Rendered
from stoa.shared.pagination import Order, Page, PageQuery
from stoa.shared.text import Line, clean_line

Status = Literal["draft", "scheduled", "published", "archived"]
Visibility = Literal["public", "members"]
Kind = Literal["article", "page"]
RevisionAct = Literal["saved", "autosaved", "restored", "imported"]
Listed = Literal["published", "draft", "scheduled", "archived", "deleted", "all"]
Sort = Literal["published_at", "updated_at", "title", "rank"]
MOST_TAGS = 20
MOST_TAGS_EVER = 500
"""Imports bring articles with more than people may give; they can be edited without losing any."""
MOST_RELATED = 20
LONGEST_SEARCH = 200


class ArticleListItem(BaseModel):
    id: UUID
    slug: str
    title: str
    excerpt: str
    summary: str | None
    kind: Kind = Field(description="A page stands at its own address and in no list of articles.")
    status: Status
    tags: list[str] = Field(description="Slugs of its tags.")
    author: PublicUser
    cover_url: str | None
    cover_alt: str = Field(description="What the cover shows, for those who do not see it.")
    published_at: AwareDatetime | None
    updated_at: AwareDatetime
    version: int
    reading_minutes: int
    comment_count: int


class Highlight(BaseModel):
    """The found words inside `<mark>`; everything else is escaped HTML text."""

    title: str
    text: str


class FoundArticle(ArticleListItem):
    highlight: Highlight | None = Field(default=None, description="Only in answers to `search`.")
    publish_at: AwareDatetime | None = Field(
        default=None, description="Only in lists for those who write: when a scheduled one goes out."
    )


class ArticleList(Page[FoundArticle]):
    corrected: str | None = Field(
        default=None, description="The words searched for instead, when yours were not found."
    )


class ArticleOut(ArticleListItem):
    body: str = Field(description="The text as written, Markdown.")
    html: str = Field(description="The text as shown, sanitised HTML.")
    language: str
    canonical_url: str | None
    meta_title: str | None
    meta_description: str | None
    visibility: Visibility
    has_comments: bool = Field(description="Whether comments are open.")
    reactions: dict[str, int] = Field(description="How many there are of each kind.")


class RelatedArticles(BaseModel):
    items: list[ArticleListItem]


class RelatedQuery(BaseModel):
    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=MOST_RELATED, description="How many, at most.")] = 4


class OwnArticleOut(ArticleOut):
    """An article as those see it who may change it; what is public looks the same to everybody."""

    publish_at: AwareDatetime | None = Field(default=None, description="When a scheduled article goes out.")
    deleted_at: AwareDatetime | None = Field(default=None, description="Since when it is in the bin.")


def _tag_slugs(value: list[str]) -> list[str]:
    slugs = list(dict.fromkeys(slug for part in value for slug in part.lower().split(",") if slug))
    if len(slugs) > MOST_TAGS:
        raise ValueError(f"at most {MOST_TAGS} tags")
    return slugs


class ArticleQuery(PageQuery):
    search: Annotated[
        str | None,
        StringConstraints(max_length=LONGEST_SEARCH),
        AfterValidator(lambda value: clean_line(value) if value else None),
        Field(description='Words to find in the whole text; "a phrase", -not, or.'),
    ] = None
    author: Annotated[Line | None, Field(description="Username of the author.")] = None
    tags: Annotated[
        list[Annotated[str, StringConstraints(max_length=500)]],
        AfterValidator(_tag_slugs),
        Field(max_length=MOST_TAGS, default_factory=list, description="Tag slugs, repeated or divided by commas."),
    ]
    tags_match: Annotated[Literal["any", "all"], Field(description="Any of the tags, or all of them.")] = "any"
    from_date: Annotated[Moment | None, Field(description="Published at this time or later.")] = None
    to_date: Annotated[Moment | None, Field(description="Published before this time.")] = None
    kind: Annotated[
        Kind | None,
        Field(description="Only articles, or only pages. Without: articles; among one's own and in a search both."),
    ] = None
    status: Annotated[
        Listed,
        Field(
            description="Other than `published`: one's own articles, or everybody's for those who moderate them; "
            "`all` leaves out the `deleted`."
        ),
    ] = "published"
    sort: Annotated[
        Sort | None,
        Field(
            description="Default: `rank` with `search`, `title` of pages, else `published_at`, or `updated_at` of "
            "unpublished ones."
        ),
    ] = None
    order: Annotated[Order | None, Field(description="Default: `asc` by title, else `desc`.")] = None


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """All that is saved of an article, rendered already. `id` names the article to replace; None makes a new one.

    `tags` None leaves the tags as they are. Without `created_at` a new one is as old as `updated_at`. `act` and
    `saved_by` say in the revision how it came to be.
    """

    slug: str
    title: str
    body: str
    rendered: Rendered
    author_id: UUID
    published_at: datetime | None
    updated_at: datetime
    id: UUID | None = None
    kind: Kind = "article"
    status: Status = "draft"
    visibility: Visibility = "public"
    has_comments: bool = True
    excerpt: str | None = None
    summary: str | None = None
    cover_url: str | None = None
    cover_alt: str = ""
    language: str = "en"
    canonical_url: str | None = None
    meta_title: str | None = None
    meta_description: str | None = None
    publish_at: datetime | None = None
    created_at: datetime | None = None
    tags: Sequence[str] | None = ()
    redirects_from: Sequence[str] = field(default=())
    act: RevisionAct = "saved"
    saved_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class SavedArticle:
    id: UUID
    slug: str
    version: int


@dataclass(frozen=True, slots=True)
class WentOut:
    """A scheduled article that was published a moment ago."""

    id: UUID
    author_id: UUID
    version: int
    visibility: Visibility
    published_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleOutline:
    """What others are told of an article. `is_listed`: it is out, for everybody, and no page."""

    id: UUID
    author_id: UUID
    slug: str
    title: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class VersionedArticle:
    """A public article as JSON, and which version of it."""

    json: str
    version: int


@dataclass(frozen=True, slots=True)
class EditableArticle:
    """An article as those see it who may change it; `json` is the `OwnArticleOut` of it, `tags` are slugs."""

    id: UUID
    slug: str
    title: str
    body: str
    html: str
    kind: Kind
    status: Status
    version: int
    tags: tuple[str, ...]
    excerpt: str
    summary: str | None
    cover_url: str | None
    cover_alt: str
    language: str
    visibility: Visibility
    canonical_url: str | None
    meta_title: str | None
    meta_description: str | None
    has_comments: bool
    reading_minutes: int
    publish_at: datetime | None
    published_at: datetime | None
    updated_at: datetime
    deleted_at: datetime | None
    author: UserRef
    json: str

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.status == "published" and self.visibility == "public" and self.deleted_at is None
