"""One export file, alone or beside its pictures in a folder or a zip. Pictures are found by the address they had.

Inside a zip the export is copied to a temporary file, which ends with the bundle: it is read at many places.
"""

import hashlib
import posixpath
import re
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import unquote, urlsplit

from .errors import ItemRefused, SourceRefused
from .items import Picture
from .sources import PICTURES, Entry, FolderSource, Readable, Source
from .zip_rules import LARGEST_ENTRY
from .zip_source import ZipSource

_PIECE = 256 * 1024
_HEAD = 16 * 1024
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+$)|(?<=/)size/w\d{1,5}/")
IsExport = Callable[[bytes], bool]


class Bundle:
    """`is_export` tells by its first bytes whether a file ending in `suffix` is the export."""

    def __init__(self, path: Path, suffix: str, is_export: IsExport) -> None:
        self._path = path
        self._suffix = suffix
        self._is_export = is_export
        self._source: Source | None = None
        self._entries: dict[str, Entry] = {}
        self._digests: dict[str, str] = {}
        self.file: IO[bytes]
        self.title = path.stem

    def __enter__(self) -> Self:
        if self._path.is_file() and self._path.suffix.lower() == self._suffix:
            self.file = _opened(self._path)
            return self
        self._source = FolderSource(self._path) if self._path.is_dir() else ZipSource(self._path)
        self._source.__enter__()
        try:
            self._entries = {entry.name: entry for entry in self._source.entries()}
            self.file = self._copy(self._only_export())
        except BaseException:
            self._source.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        if self._source is not None:
            self._source.__exit__()

    def holds_export(self) -> bool:
        """Whether there is one. Asked outside of `with`; a source that is refused holds none."""
        if self._path.is_file() and self._path.suffix.lower() == self._suffix:
            return True
        if not self._path.is_dir() and self._path.suffix.lower() != ".zip":
            return False
        self._source = FolderSource(self._path) if self._path.is_dir() else ZipSource(self._path)
        with suppress(SourceRefused), self._source:
            self._entries = {entry.name: entry for entry in self._source.entries()}
            return bool(self._exports())
        return False

    def picture(self, address: str) -> Picture | None:
        """The picture that had this address, if its file is at hand and is of a kind that is taken."""
        name = self._name_of(address)
        if name is None or not name.lower().endswith(PICTURES):
            return None
        try:
            return Picture(name, self._digest(name))
        except ItemRefused:
            return None

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        if self._source is None:
            raise RuntimeError("an export that is alone has no pictures")
        return self._source.open(self._entries[picture.name])

    def _name_of(self, address: str) -> str | None:
        """By the longest end of the address's path that is a file here; a scaled picture means the whole one."""
        if not self._entries:
            return None
        try:
            path = posixpath.normpath(unquote(urlsplit(address).path)).lstrip("/")
        except ValueError:
            return None
        for wanted in dict.fromkeys((path, _SIZED.sub("", path))):
            parts = wanted.split("/")
            for start in range(min(len(parts) - 1, 6)):
                if (name := "/".join(parts[start:])) in self._by_end and self._by_end[name] is not None:
                    return self._by_end[name]
        return None

    @property
    def _by_end(self) -> dict[str, str | None]:
        """Pictures by path, also without the folder around everything; None where that is not the name of one."""
        if not hasattr(self, "_ends"):
            self._ends: dict[str, str | None] = {}
            for name in self._entries:
                for mark in ("wp-content/", "content/", "uploads/", "images/"):
                    before, found, rest = name.partition(mark)
                    if found and (not before or before.endswith("/")):
                        end = mark + rest
                        self._ends[end] = None if self._ends.get(end, name) != name else name
                self._ends[name] = name
        return self._ends

    def _digest(self, name: str) -> str:
        if name not in self._digests and self._source is not None:
            made = hashlib.sha256()
            with self._source.open(self._entries[name]) as file:
                while piece := file.read(_PIECE):
                    made.update(piece)
            self._digests[name] = made.hexdigest()
        return self._digests[name]

    def _exports(self) -> list[Entry]:
        near = [e for e in self._entries.values() if e.name.lower().endswith(self._suffix) and e.name.count("/") < 2]
        return [entry for entry in near if entry.size and self._is_export(self._head(entry))]

    def _head(self, entry: Entry) -> bytes:
        if self._source is None:
            return b""
        with self._source.open(entry, largest=LARGEST_ENTRY) as file:
            return file.read(min(_HEAD, entry.size))

    def _only_export(self) -> Entry:
        found = self._exports()
        if len(found) != 1:
            names = ", ".join(f"'{entry.name}'" for entry in found[:3])
            raise SourceRefused(f"There are {len(found)} exports ({names}). Import them one at a time.")
        return found[0]

    def _copy(self, entry: Entry) -> IO[bytes]:
        if isinstance(self._source, FolderSource):
            return _opened(self._path / entry.name)
        copy = tempfile.TemporaryFile(prefix="stoa-import-")  # noqa: SIM115 # closed by __exit__
        if self._source is not None:
            with self._source.open(entry, largest=LARGEST_ENTRY) as file:
                while piece := file.read(_PIECE):
                    copy.write(piece)
        copy.seek(0)
        return copy


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceRefused(f"'{path}' cannot be read: {error.strerror}.") from None
