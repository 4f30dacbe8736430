"""What importers hand on: outlines in the first pass, articles in the second, a row for each item."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, Protocol, Self

from .errors import SourceRefused
from .progress import Progress
from .sources import Readable

Outcome = Literal["imported", "updated", "unchanged", "skipped", "failed"]
ItemKind = Literal["article", "page", "tag", "category", "author", "comment", "attachment", "file", "other"]
MOST_ITEMS = 200_000
_FORM = 1  # raised when the same source would make another article, so that a next run updates all


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one item; `reason` says why, `warnings` what was left as it stood."""

    key: str
    outcome: Outcome
    reason: str = ""
    title: str = ""
    slug: str = ""
    warnings: tuple[str, ...] = ()
    kind: ItemKind = "article"


@dataclass(frozen=True, slots=True)
class Outline:
    """An item after the first pass: its key in the source, the slug it would like, and its size in bytes."""

    key: str
    slug: str
    size: int
    kind: Literal["article", "page"] = "article"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the source: the name to open it by, and a digest of its bytes.

    `url` is the address it had in a site of ours: if it is still the very same picture, it keeps that one.
    """

    name: str
    digest: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SourceTag:
    """A tag or category of the source, also one that no article carries."""

    key: str
    slug: str
    name: str
    kind: Literal["tag", "category"] = "tag"
    former_slugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceAuthor:
    """Somebody the source names as a writer. No account can be signed in to by being imported.

    With `is_exact` the username alone says who it is; else an account of that name is taken first. Without `is_active`
    it is somebody who left or was shut out.
    """

    key: str
    name: str
    username: str | None = None
    bio: str = ""
    website: str | None = None
    social_links: tuple[str, ...] = ()
    is_exact: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class SourceComment:
    """A comment below an article; `parent` is the key of the one it answers. `body` is Markdown.

    `account` is the key of the SourceAuthor who wrote it; without, its author is a guest.
    """

    key: str
    body: str
    author: str
    author_url: str | None = None
    parent: str | None = None
    created_at: datetime | None = None
    status: Literal["visible", "held", "rejected"] = "visible"
    account: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An item read whole. `links` and `pictures` say what the targets in `body` stand for.

    `tags` are names, or slugs of the survey's tags; `author` is a name, or the key or username of one of its authors.
    With `status` the item says exactly what it is, dates included; without, `is_draft` and the date decide.
    """

    key: str
    digest: str
    title: str
    body: str
    published_at: datetime | None = None
    file_time: datetime | None = None
    updated_at: datetime | None = None
    is_draft: bool = False
    kind: Literal["article", "page"] = "article"
    visibility: Literal["public", "members"] = "public"
    has_comments: bool = True
    meta_title: str | None = None
    meta_description: str | None = None
    comments: tuple[SourceComment, ...] = ()
    tags: tuple[str, ...] = ()
    author: str | None = None
    summary: str | None = None
    excerpt: str | None = None
    cover: str | None = None
    cover_alt: str = ""
    canonical_url: str | None = None
    language: str | None = None
    old_paths: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    status: Literal["draft", "scheduled", "published", "archived"] | None = None
    publish_at: datetime | None = None
    created_at: datetime | None = None

    def fingerprint(self, *options: str | None) -> str:
        """The same while the item, what it refers to and the options are; file times do not count."""
        told = [
            _FORM,
            self.digest,
            self.key,
            sorted(self.links.items()),
            sorted((target, picture.digest) for target, picture in self.pictures.items()),
            self.tags,
            options,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(slots=True)
class Survey:
    """The first pass: items to import in order, and rows for those that will not be."""

    tags: list[SourceTag] = field(default_factory=list)
    authors: list[SourceAuthor] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def check_size(self, others: int = 0) -> None:
        """Raises SourceRefused when these and `others` are more than memory may be spent on."""
        if len(self.tags) + len(self.authors) + len(self.outlines) + len(self.rows) + others > MOST_ITEMS:
            raise SourceRefused(f"The export holds more than {MOST_ITEMS:,} items. Import it in parts.")


class Importer(Protocol):
    """Reads one kind of source, in two passes. The source is open between `__enter__` and `__exit__`."""

    kind: ClassVar[str]
    title: str

    def __init__(self, path: Path, *, old_site: str | None = None) -> None: ...

    @classmethod
    def accepts(cls, path: Path) -> bool:
        """Whether this importer reads such a file or folder."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def survey(self, progress: Progress) -> Survey:
        """Look at everything once, keep little. Raises SourceRefused when nothing may be imported."""

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:
        """One item, its links resolved to the slugs of the keys. Raises ItemRefused."""

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        """The bytes of an image that `read` told of."""
