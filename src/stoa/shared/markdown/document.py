"""What goes into rendering and what comes out. Plain data, picklable: it crosses to the worker process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MAX_SOURCE = 1_000_000
"""Characters of Markdown in one document."""

MAX_HTML = 8_000_000
"""Characters of HTML one document may become; tables and footnotes multiply what was written."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to read one source.

    `profile` is what the writer may use: everything, or the subset for comments. `drop_title` leaves a leading
    level-1 heading out of everything but `title`. `rewrite_url` replaces exact link and image destinations.
    """

    profile: Literal["article", "comment"] = "article"
    drop_title: bool = False
    rewrite_url: Mapping[str, str] | None = None


ARTICLE = RenderOptions()
COMMENT = RenderOptions(profile="comment")


@dataclass(frozen=True, slots=True)
class TocEntry:
    """One heading of level 2 or 3; `id` is the one in the HTML, without `#`."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document, ready to be stored.

    `html` is safe to put into a page as it is. `text`, `excerpt` and `title` are plain text: whoever shows them
    escapes them.
    """

    html: str
    text: str
    toc: tuple[TocEntry, ...]
    excerpt: str
    words: int
    reading_minutes: int
    title: str | None
