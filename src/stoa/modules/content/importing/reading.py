"""One Markdown file to one article: front matter, heading, file name and folder, in that order of trust. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from stoa.shared.markdown.document import MAX_SOURCE

from .dialects import Meta, read_meta
from .errors import ItemRefused
from .front_matter import divide
from .headings import Heading, first_heading
from .places import Place, place_of, title_from
from .shortcodes import translate

_LONGEST_WISH = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What one file says by itself; where its links lead is not known yet."""

    digest: str
    title: str
    wanted_slug: str
    published_at: datetime | None
    tags: tuple[str, ...]
    language: str | None
    is_draft: bool
    old_paths: tuple[str, ...]
    default_paths: tuple[str, ...]
    meta: Meta
    written: str

    def body(self) -> tuple[str, tuple[str, ...]]:
        """The text in plain Markdown, and what was left as it stood."""
        text, unknown = translate(self.written)
        return text, tuple(f"the template tag '{tag}' was left as it stands" for tag in unknown)


def read_markdown(name: str, content: bytes) -> Draft:
    """Read a file's bytes. Raises ItemRefused for what is no text, and BrokenFrontMatter."""
    divided = divide(_text_of(content))
    place = place_of(name)
    meta = read_meta(divided.fields, is_jekyll=place.is_jekyll)
    heading = first_heading(divided.body)
    title = meta.title or (heading.words if heading else None) or title_from(place.stem)
    return Draft(
        digest=hashlib.sha256(content).hexdigest(),
        title=title,
        wanted_slug=_wish(meta, place)[:_LONGEST_WISH],
        published_at=meta.published_at or place.day,
        tags=meta.tags or place.topics,
        language=meta.language or place.language,
        is_draft=meta.is_draft or place.is_draft,
        old_paths=tuple(dict.fromkeys(path for path in (meta.address, *meta.aliases) if path)),
        default_paths=() if meta.address else _default_paths(place, meta),
        meta=meta,
        written=_without_title(divided.body, heading, title),
    )


def _text_of(content: bytes) -> str:
    if not content.strip():
        raise ItemRefused("The file is empty.")
    if b"\0" in content:
        raise ItemRefused("The file is binary, not Markdown: it holds NUL bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemRefused(f"The file is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    if len(text) > MAX_SOURCE:
        raise ItemRefused(f"The text has {len(text):,} characters; {MAX_SOURCE:,} are allowed. Divide it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _wish(meta: Meta, place: Place) -> str:
    """The slug: as said, else the end of the address as said, else the file's name."""
    last = (meta.address or "").rpartition("/")[2]
    return meta.slug or last.removesuffix(".html") or place.stem


def _default_paths(place: Place, meta: Meta) -> tuple[str, ...]:
    """Jekyll puts the categories of a post before its date."""
    if not (place.is_jekyll and place.day and meta.categories):
        return place.default_paths
    prefix = "/" + "/".join(name.lower() for name in meta.categories)
    return (*place.default_paths, *(prefix + path for path in place.default_paths))


def _without_title(body: str, heading: Heading | None, title: str) -> str:
    """The text without the heading that repeats the title: the page shows the title itself."""
    repeats = heading is not None and heading.opens and heading.words.casefold() == title.casefold()
    return heading.rest if heading is not None and repeats else body.lstrip("\n")
