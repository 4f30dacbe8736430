"""List items of the API as the parts of pages."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from markupsafe import Markup

from stoa.shared.clock import moment_of
from stoa.web.contexts import ArticleCard, AuthorRef, SearchHit, TagRef, TocEntry


def card_of(item: Mapping[str, Any]) -> ArticleCard:
    return ArticleCard(
        slug=item["slug"],
        title=item["title"],
        excerpt=item["summary"] or item["excerpt"],
        published_at=moment_of(item["published_at"]),
        updated_at=moment_of(item["updated_at"]),
        reading_minutes=item["reading_minutes"],
        comment_count=item["comment_count"],
        tags=tuple(TagRef(tag["slug"], tag["name"]) for tag in item["tags"]),
        author=author_of(item["author"]),
        cover_url=item["cover_url"],
        cover_alt=item["cover_alt"],
    )


def cards_of(items: Iterable[str]) -> tuple[ArticleCard, ...]:
    return tuple(card_of(orjson.loads(item)) for item in items)


def hit_of(item: Mapping[str, Any]) -> SearchHit:
    """`highlight` is HTML made by the search: escaped text with `<mark>` in it."""
    marked = item["highlight"]
    return SearchHit(card_of(item), Markup(marked["title"]), Markup(marked["text"]))  # noqa: S704 # escaped by the search


def author_of(user: Mapping[str, Any]) -> AuthorRef:
    return AuthorRef(user["username"], user["display_name"], user["bio"], user["avatar_url"])


def tag_of(tag: Mapping[str, Any]) -> TagRef:
    return TagRef(tag["slug"], tag["name"], tag["article_count"])


def toc_of(entries: Iterable[Mapping[str, Any]]) -> tuple[TocEntry, ...]:
    return tuple(TocEntry(entry["level"], entry["id"], entry["text"]) for entry in entries)
