"""The embedded Valkey: how it is started, known to be ready, and cleared away after a crash.

Listens on a Unix socket only. What it keeps may be made again, but it survives a restart all the same.
"""

import signal
import socket
from pathlib import Path
from typing import Final

from . import orphans
from .accounts import Account
from .binaries import Binaries
from .data_folder import DataFolder, own_folder
from .process import SERVER_ENVIRONMENT, Program
from .server import Pause
from .sockets import socket_folder, socket_path

_SOCKET = "valkey.sock"
_STOPS: Final = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


def url_of(folder: DataFolder) -> str:
    """Where the Valkey of this data folder answers while it runs; as redis-py reads it."""
    return f"unix://{socket_path(folder) / _SOCKET}"


class Valkey:
    """Valkey in one data folder; a `Server`."""

    name = "Valkey"

    def __init__(self, folder: DataFolder, binaries: Binaries, account: Account | None) -> None:
        self._folder = folder
        self._binaries = binaries
        self._account = account
        self._socket = socket_path(folder) / _SOCKET
        self._trace = folder.valkey / "valkey.pid"

    @property
    def version(self) -> str:
        return self._binaries.valkey_version

    @property
    def url(self) -> str:
        return url_of(self._folder)

    def program(self) -> Program:
        return Program(
            name=self.name,
            argv=[str(self._binaries.valkey_server), *self._options()],
            stops=_STOPS,
            environment=SERVER_ENVIRONMENT,
            log=self._folder.logs / "valkey.log",
            account=self._account,
            folder=Path("/"),
            mask=0o077,
        )

    def end_orphans(self) -> bool:
        if not self._trace.exists() and not self._socket.exists():
            return False
        found = orphans.running_in(self._folder.valkey, "valkey-server")
        orphans.end(found, _STOPS)
        self._trace.unlink(missing_ok=True)
        self._socket.unlink(missing_ok=True)
        return bool(found)

    def prepare(self, pause: Pause) -> None:  # noqa: ARG002 # it has nothing that takes time
        socket_folder(self._folder, self._account)
        own_folder(self._folder.valkey, self._account)

    def is_ready(self, pid: int) -> bool:  # noqa: ARG002 # the socket is ours alone: only this process answers
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")  # it says -LOADING while it reads its file
        except OSError:
            return False

    def _options(self) -> list[str]:
        chosen = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder.valkey),
            "pidfile": str(self._trace),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "128mb",
            "maxmemory-policy": "volatile-lru",
        }
        return [part for name, value in chosen.items() for part in (f"--{name}", value)]
