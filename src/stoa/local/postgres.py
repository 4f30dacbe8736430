"""The embedded PostgreSQL: its settings, how it is started, known to be ready, and cleared away after a crash.

Listens on a Unix socket only, for those who may enter the socket's folder.
"""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

from . import orphans
from .accounts import Account
from .binaries import Binaries
from .cluster import check_version, make_cluster
from .data_folder import DataFolder
from .process import SERVER_ENVIRONMENT, Program
from .server import Pause
from .sockets import socket_folder, socket_path

_STATUS_LINE = 7  # of postmaster.pid, counted from 0; pg_ctl reads it too
_STOPS: Final = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))  # fast, immediate, by force
_BACKEND_STOPS: Final = ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_ACCESS = "local all all trust\n"  # the folder of the socket is closed to everybody else
_SETTINGS = """\
# Written at each start; what you want otherwise goes to postgresql.local.conf beside this file.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
fsync = on
synchronous_commit = on
jit = off
random_page_cost = 1.1
max_logical_replication_workers = 0
default_text_search_config = 'pg_catalog.english'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
cluster_name = 'stoa'
include_if_exists 'postgresql.local.conf'
"""


def url_of(folder: DataFolder) -> str:
    """Where the PostgreSQL of this data folder answers while it runs; as asyncpg and libpq read it."""
    return f"postgresql://stoa@/stoa?host={socket_path(folder)}"


def admin_url_of(folder: DataFolder) -> str:
    """The superuser's way to the same database, for what Stoa's own role must not be able to do."""
    return url_of(folder).replace("//stoa@", "//postgres@", 1)


class Postgres:
    """PostgreSQL in one data folder; a `Server`."""

    name = "PostgreSQL"

    def __init__(self, folder: DataFolder, binaries: Binaries, account: Account | None) -> None:
        self._folder = folder
        self._binaries = binaries
        self._account = account

    @property
    def version(self) -> str:
        return ".".join(self._binaries.postgresql_version.split(".")[:2])

    @property
    def url(self) -> str:
        return url_of(self._folder)

    def program(self) -> Program:
        conf = self._folder.conf
        return self._tool(
            "postgres",
            f"--config_file={conf / 'postgresql.conf'}",
            f"--hba_file={conf / 'pg_hba.conf'}",
            f"--unix_socket_directories={socket_path(self._folder)}",
            cluster=self._folder.postgresql,
        )

    def end_orphans(self) -> bool:
        """A pid file that names a dead process is no hindrance to PostgreSQL. One whose number somebody else has
        now, or that was cut short, is; it may go when no process of this cluster is left, master or backend.
        """
        trace = self._folder.postgresql / "postmaster.pid"
        if not trace.exists():
            return False
        found = orphans.running_in(self._folder.postgresql, "postgres")
        orphans.end([process for process in found if not orphans.is_titled(process, "postgres: ")], _STOPS)
        orphans.end(found, _BACKEND_STOPS)  # they go when their master is gone, unless it was killed by force
        for left in (trace, *socket_path(self._folder).glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        return bool(found)

    def prepare(self, pause: Pause) -> None:
        socket_folder(self._folder, self._account)
        cluster = self._folder.postgresql
        if not cluster.exists():
            make_cluster(cluster, self._tool, pause)
        check_version(cluster, self.version)
        for name, text in (("postgresql.conf", _SETTINGS), ("pg_hba.conf", _ACCESS)):
            path = self._folder.conf / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o644)

    def is_ready(self, pid: int) -> bool:
        """PostgreSQL writes its state into its pid file, which is cheaper to ask than PostgreSQL itself."""
        with suppress(OSError):
            lines = (self._folder.postgresql / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"
        return False

    def _tool(self, program: str, *options: str, cluster: Path) -> Program:
        return Program(
            name=self.name,
            argv=[str(self._binaries.postgres(program)), "-D", str(cluster), *options],
            stops=_STOPS,
            environment=SERVER_ENVIRONMENT,
            log=self._folder.logs / "postgresql.log",
            account=self._account,
            folder=Path("/"),
            mask=0o077,
        )
