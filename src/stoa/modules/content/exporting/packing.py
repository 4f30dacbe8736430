"""Writes the files of an export: into a zip that is sent while it is made, into a zip file, or into a new folder."""

import io
import os
import secrets
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

from stoa.shared.errors import Conflict, InvalidInput, Unavailable

from .layout import ExportedFile

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest a zip knows: the time of an export is nowhere in it
_MARK = "stoa.json"


class _Pipe(io.RawIOBase):
    """What zipfile writes into; `take` hands on what came since."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload] # zipfile gives bytes
        self._parts.append(piece)
        return len(piece)

    def take(self) -> bytes:
        made, self._parts = b"".join(self._parts), []
        return made


async def zipped(files: AsyncIterator[ExportedFile]) -> AsyncIterator[bytes]:
    """A zip in pieces, one for each file; the same files give the same bytes."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # a pipe that cannot be sought: sizes follow their entries
        async for file in files:
            info = zipfile.ZipInfo(file.path, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if file.is_packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            archive.writestr(info, file.content, compresslevel=6)
            yield pipe.take()
    yield pipe.take()


async def write_zip(path: Path, files: AsyncIterator[ExportedFile], *, force: bool) -> None:
    """A zip file that is there whole or not at all. Raises Conflict, Unavailable."""
    _check_file(path, force=force)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as out:
            async for piece in zipped(files):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise Unavailable(f"The export cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


async def write_folder(path: Path, files: AsyncIterator[ExportedFile], *, force: bool) -> None:
    """A new folder that is there whole or not at all; only an export is ever replaced. Raises Conflict, Unavailable."""
    _check_folder(path, force=force)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        async for file in files:
            target = part / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
        _put_in_place(part, path)
    except OSError as error:
        raise Unavailable(f"The export cannot be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)
    part.replace(path)


def _check_file(path: Path, *, force: bool) -> None:
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder '{path.parent}' to put the export into.")
    if path.exists() and not (force and path.is_file()):
        raise Conflict(f"'{path}' is there already. Choose another name, or replace it with --force.")


def _check_folder(path: Path, *, force: bool) -> None:
    if not path.exists():
        if not path.parent.is_dir():
            raise InvalidInput(f"There is no folder '{path.parent}' to put the export into.")
        return
    if not path.is_dir():
        raise Conflict(f"'{path}' is a file. Name a new folder, or end the name in .zip.")
    if any(path.iterdir()):
        if not (path / _MARK).is_file():
            raise Conflict(f"'{path}' holds something that is no export. Name a new folder.")
        if not force:
            raise Conflict(f"'{path}' holds an export already. Name a new folder, or replace it with --force.")
