"""What people may send of an article, each field cleaned and bounded. Author and status are never among them."""

import re
import unicodedata
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.modules.content.articles.schemas import MOST_TAGS, MOST_TAGS_EVER, Kind, Visibility
from stoa.shared.clock import Moment
from stoa.shared.markdown.document import MAX_SOURCE
from stoa.shared.media.names import is_address
from stoa.shared.slugs import SLUG_LENGTH, SLUG_PATTERN
from stoa.shared.text import clean_line, clean_lines

_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f<>\"'\\`{}|^]+")


def _filled(value: str) -> str:
    if all(unicodedata.category(character) == "Cf" for character in value):
        raise ValueError("must not be blank")
    return value


def _or_nothing(value: str) -> str | None:
    return value or None


def _source(value: str) -> str:
    """Markdown as written, with plain line ends."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must not hold a NUL or half a character")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        named = False
    if not named or parts.scheme != "https" or not _VISIBLE.fullmatch(value):
        raise ValueError("must be an address that begins with https://")
    return value


def _picture(value: str) -> str:
    return value if is_address(value) else _https(value)


def _each_once(names: list[str]) -> list[str]:
    return list({name.casefold(): name for name in reversed(names)}.values())[::-1]


Title = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_line), AfterValidator(_filled)
]
Source = Annotated[str, StringConstraints(max_length=MAX_SOURCE), AfterValidator(_source)]
SlugIn = Annotated[str, StringConstraints(min_length=1, max_length=SLUG_LENGTH, pattern=SLUG_PATTERN)]
Teaser = Annotated[
    str | None,
    Field(max_length=1000),
    AfterValidator(lambda value: clean_line(value or "")),
    AfterValidator(_or_nothing),
]
Summary = Annotated[
    str | None,
    Field(max_length=2000),
    AfterValidator(lambda value: clean_lines(value or "")),
    AfterValidator(_or_nothing),
]
Alt = Annotated[str, StringConstraints(max_length=1000), AfterValidator(clean_line)]
TagName = Annotated[
    str, StringConstraints(min_length=1, max_length=80), AfterValidator(clean_line), AfterValidator(_filled)
]
TagNames = Annotated[list[TagName], Field(max_length=MOST_TAGS_EVER), AfterValidator(_each_once)]
Language = Annotated[
    str, StringConstraints(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}$")
]
WebAddress = Annotated[
    str, StringConstraints(min_length=9, max_length=1000, pattern="^https://"), AfterValidator(_https)
]
PictureAddress = Annotated[
    str, StringConstraints(min_length=9, max_length=1000, pattern="^(?:https:/)?/"), AfterValidator(_picture)
]


class ArticleIn(BaseModel):
    """A whole article as its author writes it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Source = Field(description="Markdown: CommonMark with tables, footnotes, task lists and fenced code.")
    slug: SlugIn | None = Field(
        default=None, description="The name in the address. Without: made from the title; when replacing, it stays."
    )
    excerpt: Teaser = Field(default=None, description="A few words for lists. Without: the beginning of the text.")
    summary: Summary = None
    tags: TagNames = Field(
        default=[], description=f"Slugs or names, {MOST_TAGS} at most; a tag that is not there yet is made."
    )
    cover_url: PictureAddress | None = Field(default=None, description="`/media/...` or an https address.")
    cover_alt: Alt = Field(default="", description="What the cover shows, for those who do not see it.")
    language: Language | None = Field(
        default=None, description="Such as `en` or `pt-BR`. Without: the site's; when replacing, it stays."
    )
    canonical_url: WebAddress | None = Field(default=None, description="Where the text stood first.")
    meta_title: Teaser = Field(default=None, description="The title for search engines, if it is another one.")
    meta_description: Teaser = Field(default=None, description="The description for search engines.")
    visibility: Visibility | None = Field(
        default=None, description="Who may read it once it is published. Without: everybody; when replacing, it stays."
    )
    kind: Kind | None = Field(
        default=None, description="A `page` is in no list. Without: an article; when replacing, it stays."
    )
    has_comments: bool | None = Field(
        default=None, description="Whether comments are open. Without: they are; when replacing, it stays."
    )

    def whole(self) -> "ArticleChange":
        """The change that replaces everything; slug, language, visibility, kind, has_comments stay where left out."""
        return ArticleChange(**self.model_dump())


class ArticleChange(BaseModel):
    """What to change; what is left out stays. `null` empties what may be empty, and leaves the rest as it is."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    body: Source | None = Field(default=None, description="Markdown.")
    slug: SlugIn | None = Field(default=None, description="A former slug leads to the article for ever.")
    excerpt: Teaser = Field(default=None, description="`null`: the beginning of the text.")
    summary: Summary = None
    tags: TagNames | None = Field(
        default=None,
        description=f"All tags from now on, slugs or names: {MOST_TAGS} at most, or as many as it carries already.",
    )
    cover_url: PictureAddress | None = Field(default=None, description="`/media/...` or an https address.")
    cover_alt: Alt | None = None
    language: Language | None = None
    canonical_url: WebAddress | None = None
    meta_title: Teaser = None
    meta_description: Teaser = None
    visibility: Visibility | None = None
    kind: Kind | None = None
    has_comments: bool | None = None


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    body: Source = Field(description="Markdown.")


class PreviewOut(BaseModel):
    """How a text will look."""

    html: str = Field(description="Sanitised HTML.")
    reading_minutes: int


class ScheduleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    publish_at: Moment = Field(description="When it goes out, with an offset: `2026-11-23T08:00:00+01:00`.")


class TagsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tags: Annotated[list[TagName], Field(min_length=1, max_length=MOST_TAGS), AfterValidator(_each_once)] = Field(
        description="Slugs or names; a tag that is not there yet is made."
    )


class PreviewLinkIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=7, ge=1, le=30, description="How long it can be read.")


class PreviewLinkOut(BaseModel):
    """Whoever has the address can read the article until then."""

    url: str
    expires_at: AwareDatetime
