"""Pictures in a folder of this machine. After a crash a file is there whole or not at all."""

import asyncio
import errno
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from .images import EncodedImage, NoRoom, StoredImage
from .names import PREFIX, parse_address
from .store import Opened

_FULL = {errno.ENOSPC, errno.EDQUOT}


class FolderStore:
    """Images in `folder`, at `ab/cdef…-640x480.webp`."""

    public_url: str | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, image: EncodedImage) -> StoredImage:
        path = self._folder / image.name
        if path.exists():
            return image.stored
        forms = [(self._folder / name, content) for name, content in (*image.smaller, (image.name, image.content))]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_together(forms)
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoom("The disk is full: the picture was not kept. Tell who runs this site.") from None
            raise
        return image.stored

    def read(self, url: str) -> bytes | None:
        path = self._path(url)
        try:
            return path.read_bytes() if path else None
        except FileNotFoundError:
            return None

    def remove(self, url: str) -> None:
        name = parse_address(url)
        for each in (name.largest, *name.forms) if name else ():
            (self._folder / each).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        path = self._path(PREFIX + name)
        return path is not None and path.is_file()

    async def open(self, name: str) -> Opened | None:
        path = self._path(PREFIX + name)
        size = await asyncio.to_thread(_size_of, path) if path else None
        return None if size is None else Opened(size, path=path)

    def check(self) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        probe = self._folder / f".check.{secrets.token_hex(4)}"
        try:
            probe.write_bytes(b"stoa")
            probe.read_bytes()
        finally:
            probe.unlink(missing_ok=True)
        return f"in the folder {self._folder}"

    def _path(self, url: str) -> Path | None:
        """Names that are none lead nowhere, so that none leads out of the folder."""
        name = parse_address(url)
        return self._folder / name.text if name else None


def _size_of(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _write_together(files: Sequence[tuple[Path, bytes]]) -> None:
    """All or, where there is no room for one, none. The last one appears last: where it is, all are.

    Who writes the same ones at the same time writes the same bytes, and never finds them taken away.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, content in files:
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            written.append((temporary, path))
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for temporary, path in written:
            temporary.replace(path)
    except BaseException:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise
    folder = os.open(files[-1][0].parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
