"""What the fields of Hugo, Jekyll, Hexo and Zola mean. Pure: takes fields as written, answers one common form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .dates import parse_date
from .values import (
    first,
    line_of,
    names_of,
    path_of,
    truth_of,
    web_address_of,
)

LONGEST_TITLE = 200
_LONGEST_SUMMARY = 500
_GROUPS = ("params", "extra", "taxonomies", "seo", "author_profile")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True)
class Meta:
    """What front matter says of an article; None and empty where it says nothing."""

    title: str | None = None
    slug: str | None = None
    address: str | None = None
    aliases: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    is_draft: bool = False
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    summary: str | None = None
    excerpt: str | None = None
    cover: str | None = None
    cover_alt: str = ""
    canonical_url: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = field(default=())


def read_meta(written: Mapping[str, Any], *, is_jekyll: bool = False) -> Meta:
    """Read the fields of any of the dialects; unknown ones are left alone."""
    fields = _flat(written)
    warnings: list[str] = []
    return Meta(
        title=line_of(first(fields, "title"), LONGEST_TITLE),
        slug=line_of(first(fields, "slug"), 200),
        address=path_of(first(fields, "permalink", "url", "path")),
        aliases=_paths(first(fields, "aliases", "redirect_from", "alias", "redirects", "old_urls")),
        published_at=_date(fields, warnings, "date", "published", "publishdate", "pubdate", "published_at", "created"),
        updated_at=_date(
            fields, warnings, "lastmod", "updated", "last_modified_at", "modified", "updated_at", "date_modified"
        ),
        is_draft=_is_draft(fields),
        tags=_tags(fields, is_jekyll=is_jekyll),
        categories=_categories(fields, is_jekyll=is_jekyll),
        authors=names_of(first(fields, "authors", "author")),
        summary=line_of(first(fields, "description", "summary", "subtitle"), _LONGEST_SUMMARY),
        excerpt=line_of(first(fields, "excerpt"), _LONGEST_SUMMARY),
        cover=_cover(fields),
        cover_alt=_cover_alt(fields),
        canonical_url=web_address_of(first(fields, "canonical", "canonical_url", "canonicalurl")),
        language=_language(first(fields, "language", "lang", "locale")),
        warnings=tuple(warnings),
    )


def _flat(written: Mapping[str, Any]) -> dict[str, Any]:
    """Names in lower case with `_`; the fields of groups such as `[extra]` stand behind those of the top."""
    fields: dict[str, Any] = {}
    for name, value in written.items():
        fields.setdefault(_plain(name), value)
    for group in _GROUPS:
        inner = fields.get(group)
        if isinstance(inner, dict):
            for name, value in inner.items():
                fields.setdefault(_plain(str(name)), value)
    return fields


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _date(fields: dict[str, Any], warnings: list[str], *names: str) -> datetime | None:
    for name in names:
        value = fields.get(name)
        if value in (None, "") or truth_of(value) is not None:
            continue
        if found := parse_date(value):
            return found
        warnings.append(f"the date `{name}: {line_of(str(value), 40)}` cannot be read")
    return None


def _is_draft(fields: dict[str, Any]) -> bool:
    return (
        truth_of(fields.get("draft")) is True
        or truth_of(fields.get("published")) is False
        or str(fields.get("status", "")).strip().lower() in {"draft", "private", "pending"}
        or str(fields.get("layout", "")).strip().lower() == "draft"
    )


def _tags(fields: dict[str, Any], *, is_jekyll: bool) -> tuple[str, ...]:
    """Tags first, then categories; Jekyll alone divides a text without commas at its spaces."""
    found: dict[str, str] = {}
    for name in ("tags", "tag", "keywords") if not fields.get("categories") else ("tags", "tag"):
        for tag in names_of(fields.get(name), divide_at_spaces=is_jekyll and name == "tags"):
            found.setdefault(tag.casefold(), tag)
        if found:
            break
    for tag in (*_categories(fields, is_jekyll=is_jekyll), *names_of(fields.get("series"))):
        found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:20]


def _categories(fields: dict[str, Any], *, is_jekyll: bool) -> tuple[str, ...]:
    return names_of(fields.get("categories"), divide_at_spaces=is_jekyll) or names_of(fields.get("category"))


def _paths(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    paths = (path_of(item) for item in items[:50])
    return tuple(dict.fromkeys(path for path in paths if path))


def _cover(fields: dict[str, Any]) -> str | None:
    value = _cover_field(fields)
    if isinstance(value, dict):
        value = first(value, "image", "path", "src", "url", "feature", "og_image", "overlay_image", "teaser")
    found = line_of(value, 1000) if isinstance(value, str) else None
    return found if found and (web_address_of(found) or not _SCHEME.match(found)) else None


def _cover_alt(fields: dict[str, Any]) -> str:
    inner = _cover_field(fields)
    said = first(inner, "alt", "image_description", "caption") if isinstance(inner, dict) else None
    named = first(fields, "cover_alt", "coveralt", "image_alt", "featured_image_alt", "cover_image_alt")
    return line_of(named or said, _LONGEST_SUMMARY) or ""


def _cover_field(fields: dict[str, Any]) -> Any:
    """What names the cover: an address, or a mapping with one in it."""
    value = first(
        fields, "cover", "image", "featured_image", "featuredimage", "cover_image", "coverimage", "thumbnail",
        "banner", "hero", "hero_image", "images", "og_image", "header", "feature",
    )  # fmt: skip
    if isinstance(value, list):
        value = value[0]
    return {_plain(str(name)): item for name, item in value.items()} if isinstance(value, dict) else value


def _language(value: object) -> str | None:
    text = line_of(value, 35)
    code = (text or "").replace("_", "-").partition("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None
