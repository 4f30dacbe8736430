"""One child process: started under the right account, in a session of its own, stopped by steps.

Knows nothing of what the child is. Children never outlive us silently: Linux tells them when we are gone.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .accounts import Account
from .errors import CannotStart
from .logs import open_log, rotate, size_of, tail

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h
_POLL_SECONDS = 0.01
SERVER_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
"""The little that a server needs: nothing of the caller's (PGPORT, PGDATA) leads it astray."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `stops` are the signals that end it, mildest first, each with the seconds it gets."""

    name: str
    argv: Sequence[str]
    stops: Sequence[tuple[signal.Signals, float]]
    environment: Mapping[str, str]
    log: Path | None = None
    """Where its output goes; None is our own terminal."""
    account: Account | None = None
    folder: Path | None = None
    """Where it runs; None is our own working folder."""
    mask: int = -1
    """Its umask; -1 is ours."""


class Child:
    """A program that runs, or ran. Must be started by a thread that lives as long as the child shall."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.started_at = 0.0
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stop_step = -1
        self._step_ends_at = 0.0

    @property
    def pid(self) -> int | None:
        """None before the start and after the end."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def end(self) -> str | None:
        """How it ended: `code 1`, `signal 9`; None while it runs."""
        code = self._process.poll() if self._process else None
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"code {code}"

    @property
    def has_succeeded(self) -> bool:
        return self._process is not None and self._process.poll() == 0

    @property
    def log_tail(self) -> str:
        """The last lines of its log since this start."""
        return tail(self.program.log, self._log_start) if self.program.log else ""

    def start(self) -> None:
        """Raises CannotStart when the program cannot be run at all."""
        self._stop_step, self.started_at = -1, time.monotonic()
        output = self._open_output()
        try:
            self._process = self._spawn(output)
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(f"{self.program.name} cannot be run ({self.program.argv[0]}): {error}") from error
        finally:
            if output is not None:
                os.close(output)

    def ask_to_stop(self) -> None:
        """Send the first signal; `press` sends the next ones."""
        self._next_stop()

    def press(self, *, now: bool = False) -> None:
        """Send the next, harder signal when the last one's time is over, or at once."""
        if self.pid and (now or time.monotonic() >= self._step_ends_at):
            self._next_stop()

    def sweep(self) -> None:
        """End what is left of its process group, such as workers of a web server that was killed."""
        if self._process and self.pid is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _next_stop(self) -> None:
        stops = self.program.stops
        self._stop_step = min(self._stop_step + 1, len(stops) - 1)
        chosen, seconds = stops[self._stop_step]
        self._step_ends_at = time.monotonic() + seconds
        if self._process:
            self._process.send_signal(chosen)

    def _open_output(self) -> int | None:
        log = self.program.log
        if log is None:
            return None
        rotate(log)
        self._log_start = size_of(log)
        return open_log(log)

    def _spawn(self, output: int | None) -> subprocess.Popen[bytes]:
        program, account = self.program, self.program.account
        return subprocess.Popen(
            list(program.argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(program.environment),
            cwd=program.folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=program.mask,
            # Ctrl-C goes to the terminal's process group: out of it, so that the order of stopping stays ours.
            start_new_session=True,
            preexec_fn=_follow_us(program.stops[0][0]),  # noqa: PLW1509 # it takes no lock another thread may hold
        )


def _follow_us(last_signal: int) -> Callable[[], None] | None:
    """Linux: the kernel sends the child its mildest signal when we die, however we die. PostgreSQL then shuts
    down as for us (SIGINT is its fast shutdown), so the next start finds no orphans and has nothing to replay.
    It runs after the change of account, which would clear it. Elsewhere the next start ends the orphans.
    """
    if sys.platform != "linux":
        return None
    prctl, ours = ctypes.CDLL(None).prctl, os.getpid()

    def follow() -> None:
        prctl(_SET_DEATH_SIGNAL, last_signal)
        if os.getppid() != ours:  # we died before the line above
            os._exit(1)

    return follow


def stop(
    children: Iterable[Child], pause: Callable[[float], None] = time.sleep, hurry: Callable[[], bool] = bool
) -> None:
    """Stop them at the same time and wait until all are gone. `hurry` says true once for each step to skip."""
    left = [child for child in children if child.pid]
    for child in left:
        child.ask_to_stop()
    waiting = left
    while waiting := [child for child in waiting if child.pid]:
        now = hurry()
        for child in waiting:
            child.press(now=now)
        pause(_POLL_SECONDS)
    for child in left:
        child.sweep()
