"""The importer of Markdown: a folder or a zip, read in two passes. Never writes and knows no database."""

import hashlib
import posixpath
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Self

from stoa.shared.slugs import make_slug

from .addresses import Addresses
from .errors import ItemRefused, SourceRefused
from .items import Outline, Picture, Row, SourceArticle, Survey
from .links import targets
from .places import is_site_file, why_no_article
from .progress import Progress
from .reading import Draft, read_markdown
from .resolving import Resolver
from .sources import (
    LARGEST_FILE,
    MARKDOWN,
    Entry,
    FolderSource,
    Readable,
    Source,
    is_image,
    is_markdown,
    read_text_file,
)
from .zip_source import ZipSource

_PIECE = 256 * 1024
_MOST_WARNINGS = 20


class MarkdownImporter:
    """One article for each Markdown file; the key is the file's path in the source."""

    kind: ClassVar[str] = "markdown"

    def __init__(self, path: Path, *, old_site: str | None = None) -> None:
        self._source: Source = FolderSource(path) if path.is_dir() else ZipSource(path)
        self.title = self._source.title
        self._entries: dict[str, Entry] = {}
        self._digests: dict[str, str] = {}
        self._addresses = Addresses()
        self._resolver = Resolver(
            self._addresses, exists=self._entries.__contains__, digest=self._digest, old_site=old_site
        )

    @classmethod
    def accepts(cls, path: Path) -> bool:
        return path.is_dir() or path.suffix.lower() == ".zip"

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._source.__exit__()

    def survey(self, progress: Progress) -> Survey:
        """Read everything once, texts and images to their end: damage shows before anything is written."""
        self._entries.update((entry.name, entry) for entry in self._source.entries())
        if not any(is_markdown(name) for name in self._entries):
            raise SourceRefused(f"There is no Markdown in '{self.title}': no file ends in {', '.join(MARKDOWN)}.")
        in_site = any(is_site_file(name) for name in self._entries if "/" not in name)
        survey, taken = Survey(), set[str]()
        progress.begin("reading", len(self._entries))
        for entry in self._entries.values():
            if row := self._look_at(entry, survey, taken, in_site=in_site):
                survey.rows.append(row)
            progress.step()
        survey.rows += [Row(name, "skipped", reason, kind="file") for name, reason in self._source.skipped]
        return survey

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:
        entry = self._entries[outline.key]
        draft = read_markdown(entry.name, read_text_file(self._source, entry))
        body, left = draft.body()
        found = targets(body) + ([draft.meta.cover] if draft.meta.cover else [])
        resolved = self._resolver.resolve(found, entry.name, slugs)
        meta = draft.meta
        return SourceArticle(
            key=outline.key,
            digest=draft.digest,
            title=draft.title,
            body=body,
            published_at=draft.published_at,
            file_time=self._source.modified_at(entry),
            updated_at=meta.updated_at,
            is_draft=draft.is_draft,
            tags=draft.tags,
            author=meta.authors[0] if meta.authors else None,
            summary=meta.summary,
            excerpt=meta.excerpt,
            cover=meta.cover,
            cover_alt=meta.cover_alt,
            canonical_url=meta.canonical_url,
            language=draft.language,
            old_paths=self._old_paths(draft, outline.key),
            links=resolved.links,
            pictures=resolved.pictures,
            warnings=_few((*meta.warnings, *left, *resolved.warnings)),
        )

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        return self._source.open(self._entries[picture.name])

    def _look_at(self, entry: Entry, survey: Survey, taken: set[str], *, in_site: bool) -> Row | None:
        """Note an article's outline; answers the row of what will be none."""
        if not is_markdown(entry.name):
            if is_image(entry.name):
                self._check_image(entry)
                return None
            return Row(entry.name, "skipped", "not Markdown", kind="file")
        if reason := why_no_article(entry.name, in_site=in_site):
            return Row(entry.name, "skipped", reason)
        try:
            draft = read_markdown(entry.name, read_text_file(self._source, entry))
        except ItemRefused as error:
            return Row(entry.name, "failed", error.detail)
        is_dated = "_posts/" in entry.name  # the address of such a file cannot be told from its path
        self._addresses.add(entry.name, draft.old_paths + (draft.default_paths if is_dated else ()))
        slug = _own_slug(draft, entry.name, taken)
        taken.add(slug)
        survey.outlines.append(Outline(entry.name, slug, entry.size))
        return None

    def _check_image(self, entry: Entry) -> None:
        if isinstance(self._source, ZipSource) and entry.size <= LARGEST_FILE:
            self._digest(entry.name)

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            made = hashlib.sha256()
            with self._source.open(self._entries[name]) as file:
                while piece := file.read(_PIECE):
                    made.update(piece)
            self._digests[name] = made.hexdigest()
        return self._digests[name]

    def _old_paths(self, draft: Draft, key: str) -> tuple[str, ...]:
        """What the item's addresses were, but for those that another item of the source says are its own."""
        return tuple(path for path in (*draft.old_paths, *draft.default_paths) if self._addresses.owns(key, path))


def _few(warnings: tuple[str, ...]) -> tuple[str, ...]:
    more = len(warnings) - _MOST_WARNINGS
    return (*warnings[:_MOST_WARNINGS], f"and {more} more like these") if more > 0 else warnings


def _own_slug(draft: Draft, key: str, taken: set[str]) -> str:
    """Files of one name are told apart by their folder; whatever is left is numbered later."""
    slug = make_slug(draft.wanted_slug, fallback=make_slug(draft.title, fallback="article"))
    folder = posixpath.basename(posixpath.dirname(key))
    return make_slug(f"{folder} {slug}", fallback=slug) if slug in taken and folder else slug
