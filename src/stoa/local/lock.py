"""Who runs the servers of a data folder: one process, which holds `stoa.lock` and says in it who it is.

The file is never removed, for a second one of the same name would be a second lock.
"""

import fcntl
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_SETTLE_SECONDS = 0.5
_POLL_SECONDS = 0.02
UP = "up"


@dataclass(slots=True)
class Holder:
    """What the file tells others."""

    pid: int
    command: str
    address: str = ""
    is_ready: bool = False
    """Its servers answer."""
    servers: Sequence[str] = ()
    """Names of the servers it runs; the others came from DATABASE_URL or REDIS_URL."""
    site: int = 0
    """Process number of the web server, and its command: for whoever clears up after a crash."""
    site_argv: Sequence[str] = ()

    @property
    def is_up(self) -> bool:
        return self.command == UP

    def __str__(self) -> str:
        at = f" at {self.address}" if self.address else ""
        return f"stoa {self.command} (process {self.pid}){at}"


class Lock:
    """The lock of one data folder. `holder` is what others are told while we have it; `tell` after changing it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self.holder = Holder(0, "")
        self.killed: Holder | None = None
        """Who held it before us and did not let it go."""

    def try_take(self, command: str, address: str = "") -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        self.killed = _read(self._path)
        self.holder = Holder(os.getpid(), command, address)
        if self.killed:  # until that site is ended, our own successor would have to know of it
            self.holder.site, self.holder.site_argv = self.killed.site, self.killed.site_argv
        self.tell()
        return True

    def tell(self) -> None:
        if self._handle is not None:
            text = json.dumps(asdict(self.holder)).encode()
            os.pwrite(self._handle, text, 0)
            os.ftruncate(self._handle, len(text))

    def release(self) -> None:
        """An empty file says that nothing was left behind."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does. Who has just taken it gets a moment to write its name."""
    until = time.monotonic() + _SETTLE_SECONDS
    while _is_held(path):
        holder = _read(path)
        if holder and (_is_alive(holder.pid) or time.monotonic() >= until):  # other containers have other numbers
            return holder
        if time.monotonic() >= until:
            return Holder(0, "(of unknown name)")
        time.sleep(_POLL_SECONDS)
    return None


def _is_held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _read(path: Path) -> Holder | None:
    with suppress(OSError, ValueError, TypeError):
        return Holder(**json.loads(path.read_bytes()))
    return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
