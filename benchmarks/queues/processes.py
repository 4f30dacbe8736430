"""Workers and producers of one queue as processes that the runner starts, kills and ends, by their number."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import psutil

from benchmarks.queues.queue import ROOT, Place
from benchmarks.queues.systems import System

_PRODUCER_ENDS_SECONDS = 60.0


class ProducerFailed(Exception):
    """It told nothing."""


@dataclass(frozen=True, slots=True)
class Here:
    """What it takes to start a process of a queue."""

    system: System
    python: Path
    place: Place
    log: TextIO

    def start(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        python = sys.executable if self.system.is_ours else str(self.python)
        names = [self.system.name, self.place.database_url, self.place.redis_url]
        return subprocess.Popen(
            [python, "-m", f"benchmarks.queues.{module}", *names, *arguments],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            start_new_session=True,  # Ctrl-C is for the runner, which ends them in order
        )  # fmt: skip


class Workers:
    """So many workers; one that dies is started again by `revive`."""

    def __init__(self, here: Here, count: int) -> None:
        self._here = here
        self._count = count
        self.pids: list[int] = []
        self.deaths = 0
        """Of those that nobody killed."""

    def __enter__(self) -> Self:
        self._host = self._here.start("host")
        try:
            self.pids = [self._fork() for _ in range(self._count)]
        except BaseException:
            _end(self._host)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for pid in self.pids:
            _kill_all_of(pid)
        _end(self._host)

    def kill(self, number: int) -> None:
        """By SIGKILL, with the processes it has started; another one takes its place at once."""
        _kill_all_of(self.pids[number])
        self.pids[number] = self._fork()

    def revive(self) -> None:
        """As a supervisor does."""
        for number, pid in enumerate(self.pids):
            if not _is_alive(pid):
                self.deaths += 1
                _kill_all_of(pid)
                self.pids[number] = self._fork()

    def _fork(self) -> int:
        assert self._host.stdin
        assert self._host.stdout
        self._host.stdin.write("worker\n")
        self._host.stdin.flush()
        return int(self._host.stdout.readline())


class Producing:
    """A producer that runs; `end` gives what it saw."""

    def __init__(self, here: Here, what: str, number: int) -> None:
        self._process = here.start("producer", what, str(number))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _end(self._process)

    def rate(self, number: float) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Raises ProducerFailed when it ended without an answer."""
        printed, _ = self._process.communicate(timeout=_PRODUCER_ENDS_SECONDS)
        if not printed:
            raise ProducerFailed(f"the producer ended with code {self._process.returncode}; --log FILE keeps its words")
        found: dict[str, Any] = json.loads(printed)
        return found


def _kill_all_of(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _is_alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def _end(process: subprocess.Popen[str]) -> None:
    """Its input ends; it has a moment to clear up, then it is killed."""
    with suppress(OSError, ValueError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(3.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
