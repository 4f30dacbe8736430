"""The samples that `/styleguide` shows: long and short, with and without. Never used by a page for readers."""

import re
from datetime import UTC, datetime
from pathlib import Path

from stoa.web.contexts import ArticleCard, AuthorRef, PageMeta, Pager, Site, StyleguidePage, TagRef

_SPRITE = Path(__file__).parent / "templates" / "components" / "icon.html"
_ADA = AuthorRef("ada", "Ada Example", "Writes about machines that think, and about those who built them.")
_LONG = AuthorRef("maximiliane", "Maximiliane von Hohenstein-Wittgenberg", "Edits, gardens, walks.")
_TAGS = (TagRef("walking", "Walking", 12), TagRef("machines", "Machines", 1204), TagRef("letters", "Letters"))


def styleguide_page(site: Site) -> StyleguidePage:
    """The page with every component in every state."""
    return StyleguidePage(
        meta=PageMeta(
            title="Style guide",
            description="Every part of the pages in every state.",
            canonical_url=f"{site.url}/styleguide",
            noindex=True,
        ),
        articles=_articles(),
        tags=_TAGS,
        authors=(_ADA, _LONG),
        icons=tuple(re.findall(r'id="i-([a-z-]+)"', _SPRITE.read_text(encoding="utf-8"))),
        pager=Pager(next_url="#next", previous_url="#previous", label="Page 2"),
    )


def _articles() -> tuple[ArticleCard, ...]:
    return (
        _article("On walking slowly", "What a street tells you when you give it time.", _ADA, minutes=4),
        _article(
            "A title so long that it has to be broken over several lines, because its author could not decide",
            "And an excerpt that goes on as well. It is cut after two lines, whatever it holds, so that the list stays "
            "a list: a reader should see four or five articles at once, not one and a half, and choose among them.",
            _LONG,
            minutes=26,
            comments=1203,
        ),
        _article("Short", "", _ADA, minutes=1, tags=()),
    )


def _article(
    title: str, excerpt: str, author: AuthorRef, *, minutes: int, comments: int = 0, tags: tuple[TagRef, ...] = _TAGS
) -> ArticleCard:
    published = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
    return ArticleCard(
        slug="sample",
        title=title,
        excerpt=excerpt,
        published_at=published,
        updated_at=published,
        reading_minutes=minutes,
        comment_count=comments,
        tags=tags,
        author=author,
    )
