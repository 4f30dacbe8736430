"""What a post of WordPress says of itself: dates, state, addresses, tags, words for lists. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote

from stoa.modules.content.importing.dates import parse_date
from stoa.modules.content.importing.html.converter import plain_words
from stoa.modules.content.importing.values import line_of, path_of

from .wxr import Element

ARTICLE_TYPES: dict[str, Literal["article", "page"]] = {"post": "article", "page": "page"}
_LONGEST_TITLE, _LONGEST_TEASER = 200, 1000
_SKIPPED = {
    "trash": "in the bin of WordPress",
    "auto-draft": "a draft that WordPress made by itself",
    "inherit": "belongs to another item",
}
_TAXONOMIES = {"category", "post_tag", "tag"}
_WORDS = 8


def kind_of(item: Element) -> Literal["article", "page"] | None:
    return ARTICLE_TYPES.get(item.get("post_type") or "post")


def why_skipped(item: Element) -> str:
    """Why it is neither article nor page, or nothing."""
    kind = item.get("post_type") or "post"
    if kind not in ARTICLE_TYPES:
        return f"'{kind[:60]}' is neither a post nor a page"
    return _SKIPPED.get(item.get("status"), "")


def state(item: Element) -> tuple[bool, tuple[str, ...]]:
    """Whether it becomes a draft, and what is to be said of that."""
    status = item.get("status")
    if item.get("post_password"):
        return True, ("it was protected by a password: it is a draft now",)
    match status:
        case "private":
            return True, ("it was private: it is a draft now",)
        case "pending":
            return True, ("it waited for a review: it is a draft now",)
        case "publish" | "future" | "":
            return False, ()
        case "draft":
            return True, ()
    return True, (f"its state '{status[:40]}' is not known here: it is a draft now",)


def published_at(item: Element) -> datetime | None:
    """In UTC; the site's own time where WordPress left the other empty, as it does for drafts."""
    for name in ("post_date_gmt", "post_date", "pubDate"):
        text = item.get(name)
        if text and not text.startswith("0000") and (found := parse_date(text)):
            return None if found.year < 1900 else found
    return None


def changed_at(item: Element) -> datetime | None:
    found = parse_date(item.get("post_modified_gmt"))
    return found if found and found > datetime(1990, 1, 1, tzinfo=UTC) else None


def creator_of(item: Element) -> str:
    """The login of who wrote it; WordPress does not escape it and exports with a stray sign are about."""
    return item.get("creator").strip("<> \t\n")


def title_of(item: Element) -> str:
    return line_of(plain_words(item.get("title")), _LONGEST_TITLE) or ""


def title_from(text: str) -> str:
    """The first words of a text without a title."""
    words = text.split()
    shown = " ".join(words[:_WORDS])
    return line_of(f"{shown}…" if len(words) > _WORDS else shown, _LONGEST_TITLE) or "Untitled"


def teaser(html: str) -> str | None:
    return line_of(plain_words(html), _LONGEST_TEASER)


def old_paths(item: Element) -> tuple[str, ...]:
    """Where it stood. A path holds no query, so `/?p=12` cannot be kept."""
    link, guid = item.get("link"), item.get("guid")
    found = [path_of(address) for address in (link, guid) if "?" not in address]
    for former in _old_slugs(item):
        if found and found[0]:
            found.append(path_of(f"{found[0].rpartition('/')[0]}/{former}"))
    return tuple(dict.fromkeys(path for path in found if path))


def _old_slugs(item: Element) -> Iterator[str]:
    if slug := item.metas.get("_wp_old_slug", "").strip():
        yield slug[:200]


def terms(item: Element) -> tuple[tuple[str, str], ...]:
    """Slug and name of its tags and categories; menus and formats are neither."""
    return tuple((unquote(slug), name) for domain, slug, name in item.terms if domain in _TAXONOMIES and (slug or name))


def meta_of(item: Element, *names: str) -> str | None:
    """The first of these fields of SEO plugins that is words and no template."""
    for name in names:
        text = line_of(item.metas.get(name, ""), _LONGEST_TEASER)
        if text and not re.search(r"%%\w|%\w+%", text):
            return text
    return None
