"""Where files come from: a folder or a zip, behind one protocol. Nothing is ever unpacked; every read is bounded."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from .errors import ItemRefused, SourceRefused

LARGEST_MARKDOWN = 2 * 1024 * 1024
LARGEST_FILE = 20 * 1024 * 1024
MOST_FILES = 200_000
LONGEST_NAME = 1024  # bytes; a name is part of an index
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mkdn")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_IMAGES = (*PICTURES, ".svg", ".avif", ".bmp", ".tif", ".tiff", ".heic", ".ico")
_LEFT_OUT_FOLDERS = {"node_modules", "__MACOSX"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a source: its path from the source's root, with `/`, and its size in bytes."""

    name: str
    size: int


class Readable(Protocol):
    """Bytes, read in pieces."""

    def read(self, size: int = -1, /) -> bytes: ...


class Source(Protocol):
    """Files by name. `entries` refuses a source as a whole; `skipped` tells what it passed over, and why."""

    title: str
    skipped: list[tuple[str, str]]

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def entries(self) -> Iterator[Entry]:
        """All files in order of their names. Raises SourceRefused."""

    def open(self, entry: Entry, *, largest: int = LARGEST_FILE) -> AbstractContextManager[Readable]:
        """Read one file. Raises SourceRefused when the source is damaged, ItemRefused when the file is too large."""

    def modified_at(self, entry: Entry) -> datetime | None:
        """The file's own time."""


def is_markdown(name: str) -> bool:
    return name.lower().endswith(MARKDOWN)


def is_image(name: str) -> bool:
    return name.lower().endswith(_IMAGES)


def why_left_out(part: str) -> str | None:
    """Why a file or folder of this name is never looked into, or None."""
    if part in _LEFT_OUT_FOLDERS:
        return f"'{part}' holds no articles"
    return "hidden" if part.startswith(".") and part not in {".", ".."} else None


def read_text_file(source: Source, entry: Entry, *, largest: int = LARGEST_MARKDOWN) -> bytes:
    """A Markdown file's bytes. Raises ItemRefused when it is larger than a text may be."""
    too_large = ItemRefused(f"The file is larger than {largest // 1024 // 1024} MB, the most for a text.")
    if entry.size > largest:
        raise too_large
    with source.open(entry) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise too_large
    return content


class FolderSource:
    """A folder, never followed out of itself."""

    def __init__(self, path: Path) -> None:
        self.title = path.resolve().name
        self.skipped: list[tuple[str, str]] = []
        self._root = path.resolve()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A folder holds nothing open."""

    def entries(self) -> Iterator[Entry]:
        for count, entry in enumerate(self._walk(self._root, "")):
            if count >= MOST_FILES:
                raise SourceRefused(f"The folder has more than {MOST_FILES} files. Import it in parts.")
            yield entry

    def open(self, entry: Entry, *, largest: int = LARGEST_FILE) -> AbstractContextManager[Readable]:
        if entry.size > largest:
            raise ItemRefused(f"The file is larger than {largest // 1024 // 1024} MB.")
        try:
            descriptor = os.open(self._root / entry.name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError as error:
            raise ItemRefused(f"The file cannot be opened: {error.strerror}.") from None
        return os.fdopen(descriptor, "rb")

    def modified_at(self, entry: Entry) -> datetime | None:
        try:
            return datetime.fromtimestamp((self._root / entry.name).stat().st_mtime, UTC)
        except (OSError, ValueError, OverflowError):
            return None

    def _walk(self, folder: Path, prefix: str) -> Iterator[Entry]:
        try:
            found = sorted(os.scandir(folder), key=lambda item: item.name)
        except OSError as error:
            raise SourceRefused(f"The folder '{folder}' cannot be read: {error.strerror}.") from None
        for item in found:
            name = prefix + item.name
            if reason := why_left_out(item.name) or _why_unusable(name):
                self.skipped.append((_shown(name), reason))
            elif item.is_symlink():
                self._refuse_if_outside(Path(item.path), name)
                self.skipped.append((name, "a symbolic link"))
            elif item.is_dir(follow_symlinks=False):
                yield from self._walk(Path(item.path), f"{name}/")
            elif stat.S_ISREG(item.stat(follow_symlinks=False).st_mode):
                yield Entry(name, item.stat(follow_symlinks=False).st_size)
            else:
                self.skipped.append((name, "not a regular file"))

    def _refuse_if_outside(self, link: Path, name: str) -> None:
        try:
            target = link.resolve(strict=False)
        except (OSError, RuntimeError):
            raise SourceRefused(f"The symbolic link '{name}' leads in a circle. Remove it first.") from None
        if not target.is_relative_to(self._root):
            raise SourceRefused(f"The symbolic link '{name}' leads out of the folder. Remove it, or copy the file in.")


def _why_unusable(name: str) -> str | None:
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return f"its path is longer than {LONGEST_NAME} bytes" if size > LONGEST_NAME else None


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")[:LONGEST_NAME]
