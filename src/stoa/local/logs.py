"""The log files of the servers: written by them, kept short by us.

A file is rotated by copying and emptying it, for the server keeps it open; it is opened for appending, so the
next line lands at the start. Lines written between the copy and the emptying, a matter of microseconds, are lost.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

LONGEST = 10 * 1024 * 1024
_KEPT = 3


def open_log(path: Path) -> int:
    """A file descriptor that appends; a link put in its place is refused."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def rotate(path: Path, longest: int = LONGEST) -> None:
    """Move what the file holds to `.1` (and that to `.2`, to `.3`) if it is longer than `longest` bytes."""
    if size_of(path) <= longest:
        return
    for number in range(_KEPT, 1, -1):
        with suppress(FileNotFoundError):
            _numbered(path, number - 1).replace(_numbered(path, number))
    shutil.copyfile(path, _numbered(path, 1))
    os.truncate(path, 0)


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def tail(path: Path, since: int = 0, lines: int = 15) -> str:
    """The last lines written after the first `since` bytes, indented for a terminal."""
    try:
        with path.open("rb") as log:
            log.seek(max(since, size_of(path) - 64 * 1024))
            text = log.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
