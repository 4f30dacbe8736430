"""PostgreSQL and Valkey for a command that needs them for a while.

Synchronous on purpose. The servers outlive any event loop of the command that uses them, and Linux ties a
child's life to the thread that started it, which asyncio does in threads of its own.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Servers:
    """Where PostgreSQL and Valkey answer. An address given by the operator may hold a password: not in `repr`."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


@contextmanager
def running_servers(
    data_dir: Path | None = None,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    command: str = "command",
    patience_seconds: float = 15.0,
) -> Iterator[Servers]:
    """The servers given; else those of a `stoa up` on the same data folder; else our own, stopped at the end.
    `command` is our name for others who meet us there; `patience_seconds` is how long we wait for another command
    that is at work there. Call it outside of an event loop. Raises LocalError.
    """
    if database_url and redis_url:
        yield Servers(database_url, redis_url)
        return
    from .data_folder import choose  # noqa: PLC0415 # nothing of this is loaded when both were given
    from .local_servers import LocalServers  # noqa: PLC0415

    local = LocalServers(choose(data_dir), database_url, redis_url)
    servers = Servers(local.database_url, local.redis_url)
    if local.join(command, patience_seconds):
        yield servers
        return
    with _sigterm_unwinds():
        try:
            local.end_orphans()
            local.start(_in_silence)
            yield servers
        finally:
            local.stop()


def site_url(data_dir: Path | None) -> str | None:
    """Where the site of a `stoa up` on this data folder is to be found; None when there is none."""
    from .data_folder import choose  # noqa: PLC0415 # as above
    from .lock import holder_of  # noqa: PLC0415

    holder = holder_of(choose(data_dir).lock)
    return holder.address.replace("//127.0.0.1:", "//localhost:") if holder and holder.is_up else None


def admin_url(data_dir: Path | None, database_url: str) -> str | None:
    """The superuser's address of our own PostgreSQL in this data folder; None when `database_url` is another one."""
    from .data_folder import choose  # noqa: PLC0415 # as above
    from .postgres import admin_url_of, url_of  # noqa: PLC0415

    folder = choose(data_dir)
    return admin_url_of(folder) if database_url == url_of(folder) else None


@contextmanager
def _sigterm_unwinds() -> Iterator[None]:
    """By default SIGTERM ends Python on the spot, and nobody would stop the servers."""
    usable = threading.current_thread() is threading.main_thread()
    if not usable or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _in_silence(_label: str, _text: str) -> None:
    """Passing commands have lines of their own to print."""
