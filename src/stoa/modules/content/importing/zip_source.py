"""A zip made by anybody, read entry by entry: names, kinds, sizes and sums are checked before an entry is trusted."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from .errors import ItemRefused, SourceRefused
from .sources import LARGEST_FILE, MOST_FILES, Entry, Readable, why_left_out
from .zip_rules import checked_entries, site_root

_LARGEST_DIRECTORY = 48 * 1024 * 1024
_RECORD = b"PK\x01\x02"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


class ZipSource:
    """An open zip. Raises SourceRefused for one that is damaged, encrypted, hostile, or too large."""

    def __init__(self, path: Path) -> None:
        self.title = path.stem
        self.skipped: list[tuple[str, str]] = []
        self._path = path
        self._zip: zipfile.ZipFile | None = None
        self._infos: dict[str, zipfile.ZipInfo] = {}

    def __enter__(self) -> Self:
        file = self._open_file()
        try:
            self._zip = zipfile.ZipFile(file)
            infos = checked_entries(self._zip.infolist(), archive_size=self._path.stat().st_size)
        except UnicodeDecodeError:
            file.close()
            raise SourceRefused("The zip has a name that is not UTF-8.") from None
        except _DAMAGE as error:
            file.close()
            raise SourceRefused(f"'{self._path}' is no zip, or a damaged one: {error}.") from None
        except SourceRefused:
            file.close()
            raise
        root = site_root(infos, self.title)
        self._infos = {name.removeprefix(root): info for name, info in infos.items()}
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None and self._zip.fp is not None:
            self._zip.fp.close()
            self._zip.close()

    def entries(self) -> Iterator[Entry]:
        for name in sorted(self._infos):
            reason = next((why for part in name.split("/") if (why := why_left_out(part))), None)
            if reason:
                self.skipped.append((name, reason))
            else:
                yield Entry(name, self._infos[name].file_size)

    @contextmanager
    def open(self, entry: Entry, *, largest: int = LARGEST_FILE) -> Iterator[Readable]:
        if self._zip is None:
            raise RuntimeError("the zip is not open: use `with source`")
        if entry.size > largest:
            raise ItemRefused(f"The file is larger than {largest // 1024 // 1024} MB.")
        try:
            file = self._zip.open(self._infos[entry.name])
        except _DAMAGE as error:
            raise _damaged(entry.name, error) from None
        with file:
            yield _Guarded(file, entry)

    def modified_at(self, entry: Entry) -> datetime | None:
        try:
            return datetime(*self._infos[entry.name].date_time, tzinfo=UTC)
        except ValueError:
            return None

    def _open_file(self) -> "_BoundedFile":
        try:
            return _BoundedFile(io.FileIO(self._path))
        except OSError as error:
            raise SourceRefused(f"'{self._path}' cannot be read: {error.strerror}.") from None


class _BoundedFile(io.BufferedReader):
    """Refuses a directory of files that would not fit into memory: zipfile reads it in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_DIRECTORY:
            raise SourceRefused("The zip's list of files is larger than 48 MB. Import it in parts.")
        data = super().read(size)
        if len(data) > MOST_FILES and data.count(_RECORD) > MOST_FILES:
            raise SourceRefused(f"The zip has more than {MOST_FILES} files. Import it in parts.")
        return data


class _Guarded:
    """An entry's bytes; damage found while reading refuses the whole zip. Sums are checked at the entry's end."""

    def __init__(self, file: IO[bytes], entry: Entry) -> None:
        self._file = file
        self._name = entry.name
        self._left = entry.size

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self._file.read(size)
            self._left -= len(data)
            if self._left and (size < 0 or len(data) < size):
                raise EOFError("it holds less than it says")
        except _DAMAGE as error:
            raise _damaged(self._name, error) from None
        return data


def _damaged(name: str, error: Exception) -> SourceRefused:
    return SourceRefused(f"The zip is damaged at '{name}': {str(error) or type(error).__name__}.")
