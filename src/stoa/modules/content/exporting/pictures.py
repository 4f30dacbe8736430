"""Where an export takes its pictures from."""

from pathlib import Path

from .service import ReadPicture


def picture_reader(folder: Path) -> ReadPicture:
    """Reads from the folder of media; what is not there is left out."""

    def read(url: str) -> bytes | None:
        try:
            return (folder / url.removeprefix("/media/")).read_bytes()
        except FileNotFoundError:
            return None

    return read
