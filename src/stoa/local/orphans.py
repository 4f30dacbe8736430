"""Ends processes that a killed supervisor left running. The caller holds the lock of their data folder.

Never trusts a process number from a file: a process is ours by its user, its name and the folder it runs in.
"""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

_POLL_SECONDS = 0.02
Stops = Sequence[tuple[signal.Signals, float]]


def running_in(folder: Path, name: str) -> "list[psutil.Process]":
    """Processes of that name whose working folder is `folder` and which run as its owner."""
    import psutil  # noqa: PLC0415 # 3 MB and 30 ms that only a start after a crash needs

    if not folder.exists():
        return []
    owner, wanted, found = folder.stat().st_uid, os.path.realpath(folder), []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == name and process.uids().real == owner and process.cwd() == wanted:
                found.append(process)
    return found


def in_session(leader: int, argv: Sequence[str]) -> "list[psutil.Process]":
    """What is left of the session of a process that ran `argv` as our user: itself first, then those of its
    session that run the same program, as the workers of a web server do. None if its number is another's now.
    """
    import psutil  # noqa: PLC0415 # as above

    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) != leader or not _is_alive(process):
                continue
            command = process.cmdline()
            if process.pid == leader and (command != list(argv) or process.uids().real != os.geteuid()):
                return []
            if command[:1] == list(argv[:1]) and process.uids().real == os.geteuid():
                found.append(process)
    return sorted(found, key=lambda process: process.pid != leader)


def is_titled(process: "psutil.Process", start: str) -> bool:
    """Whether it gave itself a title that starts like this in place of its command line."""
    import psutil  # noqa: PLC0415 # as above

    with suppress(psutil.Error, OSError):
        return "".join(process.cmdline()[:1]).startswith(start)
    return False


def end(processes: "Sequence[psutil.Process]", stops: Stops) -> None:
    """Send them the signals, mildest first, each with its seconds, until all are gone."""
    import psutil  # noqa: PLC0415 # as above

    for number, seconds in stops:
        for process in filter(_is_alive, processes):
            with suppress(psutil.Error):
                process.send_signal(number)  # psutil compares start times: a recycled number is not hit
        until = time.monotonic() + seconds
        while any(map(_is_alive, processes)) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)


def _is_alive(process: "psutil.Process") -> bool:
    """A zombie is not: in containers there is often nobody to reap it."""
    import psutil  # noqa: PLC0415 # as above

    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
