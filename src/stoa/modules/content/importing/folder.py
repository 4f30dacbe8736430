"""Where uploaded sources lie until they are imported: one folder each in the data folder. Blocks."""

import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from stoa.shared.errors import InvalidInput, TooLarge, Unavailable

from .schemas import StoredFile
from .sources import Readable

ENDINGS = (".zip", ".xml", ".json")
_PIECE = 1024 * 1024
_STRANGE = re.compile(r"[^A-Za-z0-9._ -]+")
_LONGEST = 100


class ImportFolder:
    """`limit` is in bytes. A web server and a worker that share the data folder see the same files."""

    def __init__(self, data_dir: Path, *, limit: int) -> None:
        self.path = data_dir / "imports"
        self._limit = limit

    def keep(self, job_id: UUID, name: str, stream: Readable) -> StoredFile:
        """Write an upload down; it is on the disk when this answers. Raises InvalidInput, TooLarge, Unavailable."""
        clean = _clean(name)
        place = f"{job_id}/{clean}"
        try:
            (self.path / str(job_id)).mkdir(parents=True)
            self._write(self.path / place, stream)
        except OSError as error:
            self.remove(place)
            raise Unavailable(f"The file cannot be kept: {error.strerror}. Make room and try again.") from None
        except BaseException:
            self.remove(place)
            raise
        return StoredFile(clean, place)

    def file(self, place: str) -> Path:
        return self.path / place

    def remove(self, place: str) -> None:
        """Forget a file; one that is not there is no fault."""
        shutil.rmtree(self.path / place.partition("/")[0], ignore_errors=True)

    def sweep(self, kept: Collection[str], *, older_than: float) -> set[str]:
        """Remove what nobody needs and was there before that time; answers what of `kept` is there."""
        needed = {place.partition("/")[0] for place in kept}
        for found in self.path.iterdir() if self.path.is_dir() else ():
            if found.name not in needed and found.stat().st_mtime < older_than:
                self.remove(found.name)
        return {place for place in kept if (self.path / place).is_file()}

    def _write(self, path: Path, stream: Readable) -> None:
        size = 0
        with path.open("wb") as file:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > self._limit:
                    raise TooLarge(f"The file is larger than {self._limit // _PIECE} MB. Import it in parts.")
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())


def _clean(name: str) -> str:
    """The file's own name without what a path could be made of."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    ending = (dot + ending).lower()
    if ending not in ENDINGS:
        raise InvalidInput("The file must be a .zip, an .xml of WordPress or a .json of Ghost.")
    return (_STRANGE.sub("-", stem).strip("-. ")[:_LONGEST] or "import") + ending
