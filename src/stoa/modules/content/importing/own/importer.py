"""The importer of exports of this product: everything as it was, in two passes. Knows no database."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Final, Literal, Self, cast

from stoa.modules.content.importing.errors import ItemRefused, SourceRefused
from stoa.modules.content.importing.front_matter import divide
from stoa.modules.content.importing.items import Outline, Picture, Row, SourceArticle, SourceComment, Survey
from stoa.modules.content.importing.own.addresses import picture_addresses
from stoa.modules.content.importing.own.comments import read_comments
from stoa.modules.content.importing.own.fields import Fields
from stoa.modules.content.importing.own.people import read_authors, read_tags
from stoa.modules.content.importing.progress import Progress
from stoa.modules.content.importing.sources import Entry, FolderSource, Readable, Source, read_text_file
from stoa.modules.content.importing.zip_source import ZipSource
from stoa.shared.markdown.document import MAX_SOURCE

MARK: Final = "stoa.json"
_VERSIONS = (1,)
_LARGEST_MARK = 65_536
_LARGEST_TEXT = 4 * MAX_SOURCE + 100_000  # four bytes are the most for a character
_PIECE = 256 * 1024
_FOLDERS: dict[str, Literal["article", "page"]] = {"articles": "article", "pages": "page"}
_LISTS = {"authors.yaml", "tags.yaml", MARK}


class OwnImporter:
    """A folder or a zip that `stoa export` made; `stoa.json` at its root says so."""

    kind: ClassVar[str] = "stoa"

    def __init__(self, path: Path, *, old_site: str | None = None) -> None:  # noqa: ARG002 # as every importer
        self._source: Source = FolderSource(path) if path.is_dir() else ZipSource(path)
        self.title = self._source.title
        self._entries: dict[str, Entry] = {}
        self._digests: dict[str, str] = {}
        self._authors: set[str] = set()

    @classmethod
    def accepts(cls, path: Path) -> bool:
        if path.is_dir():
            return (path / MARK).is_file()
        if path.suffix.lower() != ".zip":
            return False
        try:
            with ZipSource(path) as source:
                return any(entry.name == MARK for entry in source.entries())
        except SourceRefused:
            return False  # the next importer says what is wrong with it

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._source.__exit__()

    def survey(self, progress: Progress) -> Survey:
        """Read everything once, to its end: damage shows before anything is written."""
        self._entries.update((entry.name, entry) for entry in self._source.entries())
        self._check_version()
        survey = Survey(tags=read_tags(self._bytes("tags.yaml")), authors=read_authors(self._bytes("authors.yaml")))
        self._authors.update(author.key for author in survey.authors)
        progress.begin("reading", len(self._entries))
        for entry in self._entries.values():
            if row := self._look_at(entry, survey):
                survey.rows.append(row)
            progress.step()
        survey.rows += [Row(name, "skipped", reason, kind="file") for name, reason in self._source.skipped]
        return survey

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:  # noqa: ARG002 # links are as they were
        content = read_text_file(self._source, self._entries[outline.key], largest=_LARGEST_TEXT)
        fields, body = _parts(content)
        status = fields.status()
        title = fields.line("title", 1000)
        if title is None:
            raise ItemRefused("'title' must not be empty.")
        cover = fields.line("cover_url", 1000)
        comments, warnings = self._comments(_stem(outline.key))
        return SourceArticle(
            key=outline.key,
            digest=hashlib.sha256(content).hexdigest(),
            title=title,
            body=body,
            kind=outline.kind,
            status=status,
            is_draft=status == "draft",
            publish_at=fields.time("publish_at"),
            published_at=fields.time("published_at"),
            created_at=fields.time("created_at"),
            updated_at=fields.time("updated_at"),
            visibility=cast("Literal['public', 'members']", fields.one_of("visibility", "public", "members")),
            has_comments=fields.truth("has_comments", default=True),
            meta_title=fields.line("meta_title", 1000),
            meta_description=fields.line("meta_description", 1000),
            tags=fields.tags(),
            author=fields.line("author", 100),
            summary=fields.text("summary", 2000),
            excerpt=fields.line("excerpt", 1000) or "",
            cover=cover if cover and cover.startswith(("/media/", "https://")) else None,
            cover_alt=fields.line("cover_alt", 1000) or "",
            canonical_url=fields.web_address("canonical_url"),
            language=fields.language(),
            old_paths=fields.aliases(),
            comments=comments,
            warnings=warnings,
            pictures=self._pictures(body, cover),
        )

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        return self._source.open(self._entries[picture.name])

    def _check_version(self) -> None:
        try:
            about = json.loads(self._bytes(MARK, largest=_LARGEST_MARK))
        except (ValueError, RecursionError):
            raise SourceRefused(f"'{MARK}' is no JSON: this is no export of Stoa.") from None
        if not isinstance(about, dict) or about.get("format") != "stoa":
            raise SourceRefused(f"'{MARK}' does not say that this is an export of Stoa.")
        if about.get("version") not in _VERSIONS:
            raise SourceRefused(
                f"The export has version {str(about.get('version'))[:20]}; this Stoa reads version 1. Update it first."
            )

    def _look_at(self, entry: Entry, survey: Survey) -> Row | None:
        folder, _, rest = entry.name.partition("/")
        if folder in _FOLDERS and rest.endswith(".md") and "/" not in rest:
            return self._outline(entry, _FOLDERS[folder], survey)
        if folder == "media" or entry.name in _LISTS:
            self._digest(entry.name)
            return None
        if folder == "comments" and rest.endswith(".json"):
            if any(f"{place}/{_stem(rest)}.md" in self._entries for place in _FOLDERS):
                return None
            return Row(entry.name, "skipped", "the article it belongs to is not in the export", kind="file")
        return Row(entry.name, "skipped", "no part of an export", kind="file")

    def _outline(self, entry: Entry, kind: Literal["article", "page"], survey: Survey) -> Row | None:
        try:
            fields, _ = _parts(read_text_file(self._source, entry, largest=_LARGEST_TEXT))
        except ItemRefused as error:
            return Row(entry.name, "failed", error.detail, kind=kind)
        comments = self._entries.get(f"comments/{_stem(entry.name)}.json")
        size = entry.size + (comments.size if comments else 0)
        survey.outlines.append(Outline(entry.name, fields.slug(_stem(entry.name)), size, kind))
        return None

    def _comments(self, slug: str) -> tuple[tuple[SourceComment, ...], tuple[str, ...]]:
        """The comments below an article; or none, and why."""
        name = f"comments/{slug}.json"
        if name not in self._entries:
            return (), ()
        try:
            with self._source.open(self._entries[name]) as file:
                return read_comments(name, file.read(), self._authors), ()
        except ItemRefused as error:
            return (), (f"its comments are not imported: {error.detail}",)

    def _pictures(self, body: str, cover: str | None) -> dict[str, Picture]:
        """The pictures that the text shows and the export holds; others may be on this site already."""
        found = {}
        for url in picture_addresses(body, cover):
            if (name := url.removeprefix("/")) in self._entries:
                found[url] = Picture(name, self._digest(name), url)
        return found

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            made = hashlib.sha256()
            try:
                with self._source.open(self._entries[name]) as file:
                    while piece := file.read(_PIECE):
                        made.update(piece)
            except ItemRefused:
                pass  # too large: told when it is to be kept
            self._digests[name] = made.hexdigest()
        return self._digests[name]

    def _bytes(self, name: str, *, largest: int | None = None) -> bytes:
        """A file at the root; nothing where there is none."""
        entry = self._entries.get(name)
        if entry is None:
            return b""
        if largest and entry.size > largest:
            raise SourceRefused(f"'{name}' is larger than {largest:,} bytes.")
        try:
            with self._source.open(entry) as file:
                return file.read()
        except ItemRefused as error:
            raise SourceRefused(f"'{name}' cannot be read: {error.detail}") from None


def _parts(content: bytes) -> tuple[Fields, str]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ItemRefused(f"The file is not UTF-8 text (byte {error.start}).") from None
    if "\0" in text:
        raise ItemRefused("The file is binary, not Markdown: it holds NUL bytes.")
    if len(text) > MAX_SOURCE + 100_000:
        raise ItemRefused(f"The text has more than {MAX_SOURCE:,} characters.")
    divided = divide(text)
    return Fields(divided.fields), divided.body


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]
