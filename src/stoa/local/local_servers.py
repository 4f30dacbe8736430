"""The servers of a data folder that we run ourselves: taken over after a crash, started, stopped."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from . import orphans, postgres, valkey
from .accounts import account_for
from .binaries import find_binaries
from .data_folder import DataFolder, prepare
from .errors import CannotStart, InUse
from .lock import Holder, Lock, holder_of
from .logs import size_of
from .postgres import Postgres
from .process import Child, stop
from .server import Pause, Server
from .valkey import Valkey

SITE: Final = "Site"
SITE_STOPS: Final = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
_POLL_SECONDS = 0.01
_START_SECONDS = 30.0
_PATIENCE_SECONDS = 15.0
_SETTINGS: Final = {Postgres.name: "DATABASE_URL", Valkey.name: "REDIS_URL"}


class LocalServers:
    """Those servers of a data folder whose address was not given."""

    def __init__(self, folder: DataFolder, database_url: str | None = None, redis_url: str | None = None) -> None:
        """Makes the folder if it is missing. Raises BadChoice when it cannot be used."""
        self.folder = folder
        self.lock = Lock(folder.lock)
        self.children: list[Child] = []
        self.database_url = database_url or postgres.url_of(folder)
        self.redis_url = redis_url or valkey.url_of(folder)
        given = {Postgres.name: database_url, Valkey.name: redis_url}
        self._names = [name for name, url in given.items() if not url]
        self._account = account_for(folder.postgresql) if self._names else None
        prepare(folder, self._account)

    def take(self, command: str, address: str = "", *, pause: Pause = time.sleep) -> None:
        """Take the data folder for ourselves. Raises InUse: at once while a `stoa up` has it, after some patience
        while a passing command does.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._try_take(command, address):
            holder = holder_of(self.folder.lock)
            if holder and holder.is_up:
                raise InUse(f"{holder} runs on {self.folder.path}: stop it first, or choose another --data-dir.")
            self._give_up_after(until, holder)
            pause(_POLL_SECONDS)

    def join(self, command: str, patience_seconds: float) -> bool:
        """True when a `stoa up` runs all we need; else take the data folder for ourselves. Raises InUse."""
        until = time.monotonic() + patience_seconds
        while not self._try_take(command):
            holder = holder_of(self.folder.lock)
            if holder and holder.is_up and holder.is_ready:
                self._check_same(holder)
                return True
            self._give_up_after(until, holder)
            time.sleep(_POLL_SECONDS)
        return False

    def end_orphans(self) -> list[str]:
        """Clear away what a killed predecessor left; names of what still ran. Needs the lock."""
        with _disk_faults(self.folder):
            ended = [server.name for server in self._servers if server.end_orphans()]
        killed = self.lock.killed
        if killed and killed.site:
            left = orphans.in_session(killed.site, killed.site_argv)
            orphans.end(left, SITE_STOPS)
            ended += [SITE] if left else []
            self.lock.holder.site = 0
            self.lock.tell()
        return ended

    def start(self, say: Callable[[str, str], None], pause: Pause = time.sleep) -> None:
        """Start them side by side and wait until they answer. Needs the lock. Raises LocalError."""
        begun = []
        for server in self._servers:
            began_at = time.monotonic()
            with _disk_faults(self.folder):
                server.prepare(pause)
            child = Child(server.program())
            self.children.append(child)
            child.start()
            begun.append((server, child, began_at))
        for server, child, began_at in begun:
            wait_until_ready(child, server.is_ready, pause)
            say(server.name, f"{server.version}, ready in {time.monotonic() - began_at:.1f} s")
        self.lock.holder.servers, self.lock.holder.is_ready = self._names, True
        self.lock.tell()

    def stop(self, pause: Pause = time.sleep, hurry: Callable[[], bool] = bool) -> None:
        """Stop them and let the data folder go."""
        stop(self.children, pause, hurry)
        self.children.clear()
        self.lock.release()

    @cached_property
    def _servers(self) -> list[Server]:
        if not self._names:
            return []
        binaries = find_binaries(self.folder, self._account)
        both: list[Server] = [kind(self.folder, binaries, self._account) for kind in (Postgres, Valkey)]
        return [server for server in both if server.name in self._names]

    def _try_take(self, command: str, address: str = "") -> bool:
        with _disk_faults(self.folder):
            return self.lock.try_take(command, address)

    def _check_same(self, holder: Holder) -> None:
        for name in self._names:
            if name not in holder.servers:
                setting = _SETTINGS[name]
                raise InUse(f"{holder} was given a {setting}: give this command the same {setting}.")

    def _give_up_after(self, until: float, holder: Holder | None) -> None:
        if holder and time.monotonic() >= until:
            raise InUse(f"{holder} is at work on {self.folder.path}: try again when it has ended.")


@contextmanager
def _disk_faults(folder: DataFolder) -> Iterator[None]:
    """A full disk, a folder where a file should be: one line, and the path that says where."""
    try:
        yield
    except OSError as error:
        raise CannotStart(f"The data folder {folder.path} does not serve: {error}") from error


def wait_until_ready(child: Child, is_ready: Callable[[int], bool], pause: Pause) -> None:
    """Raises CannotStart when the child ends first, or is not ready and has been silent for 30 s: PostgreSQL may
    have much to replay after a crash, and says so every 10 s.
    """
    log, written, until = child.program.log, -1, 0.0
    while not ((pid := child.pid) and is_ready(pid)):
        size = size_of(log) if log else 0
        if size != written:
            written, until = size, time.monotonic() + _START_SECONDS
        if child.end or time.monotonic() > until:
            how = f"ended ({child.end}) before it was ready" if child.end else f"was not ready in {_START_SECONDS:g} s"
            where = f". The end of {log}:\n{child.log_tail}" if log else "; what it said stands above."
            raise CannotStart(f"{child.program.name} {how}{where}")
        pause(_POLL_SECONDS)
