"""PostgreSQL, Valkey, workers and what records events, as processes that can be killed and stopped.

The servers are children of ours. An `app` records events and writes down each whose commit was acknowledged.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psutil

from stoa.local.accounts import account_for
from stoa.local.binaries import find_binaries
from stoa.local.data_folder import choose, prepare
from stoa.local.local_servers import wait_until_ready
from stoa.local.postgres import Postgres
from stoa.local.process import Child, stop
from stoa.local.server import Server
from stoa.local.valkey import Valkey

ROLES = ("worker", "worker", "relay", "app", "app")


class Machine:
    """All calls must come from one thread, which starts the servers."""

    def __init__(self, folder: Path) -> None:
        data = choose(folder)
        account = account_for(data.postgresql)
        prepare(data, account)
        binaries = find_binaries(data, account)
        self._servers: dict[str, Server] = {
            "postgres": Postgres(data, binaries, account),
            "valkey": Valkey(data, binaries, account),
        }
        self._children: dict[str, Child] = {}
        self._zygote: subprocess.Popen[str] | None = None
        self._acknowledged = folder.with_name("acknowledged")
        self.processes: list[tuple[str, int]] = []
        for name, server in self._servers.items():
            server.prepare(time.sleep)
            self._children[name] = Child(server.program())
            self._start_server(name)

    @property
    def database_url(self) -> str:
        return self._servers["postgres"].url

    @property
    def redis_url(self) -> str:
        return self._servers["valkey"].url

    @property
    def acknowledged(self) -> list[UUID]:
        """The events of which some `app` was told that they are recorded."""
        return [UUID(line) for line in self._acknowledged.read_text(encoding="ascii").split()]

    def start(self, roles: tuple[str, ...] = ROLES) -> None:
        self._zygote = self._zygote or subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", self.database_url, self.redis_url, str(self._acknowledged)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.processes += [(role, self._fork(role)) for role in roles]

    def kill(self, number: int) -> None:
        """By SIGKILL; another one takes its place."""
        role, pid = self.processes[number]
        _send(pid, signal.SIGKILL)
        self.processes[number] = (role, self._fork(role))

    def end_all(self) -> None:
        while self.processes:
            _send(self.processes.pop()[1], signal.SIGKILL)

    def pause(self, pid: int, seconds: float) -> None:
        _send(pid, signal.SIGSTOP)
        time.sleep(seconds)
        _send(pid, signal.SIGCONT)

    def server_pid(self, name: str) -> int:
        return self._children[name].pid or 0

    def kill_server(self, name: str) -> None:
        """By SIGKILL, and start it again on what it left."""
        _send(self.server_pid(name), signal.SIGKILL)
        while self._children[name].pid:
            time.sleep(0.01)
        self._start_server(name)

    def kill_backend(self, chance: float) -> None:
        """One of PostgreSQL's processes: it then ends all others and replays its log."""
        with suppress(psutil.Error, IndexError):
            backends = psutil.Process(self.server_pid("postgres")).children()
            _send(backends[int(chance * len(backends))].pid, signal.SIGKILL)

    def close(self) -> None:
        self.end_all()
        if self._zygote:
            with self._zygote:  # closes its pipes
                self._zygote.kill()
        stop(self._children.values())

    def _start_server(self, name: str) -> None:
        self._servers[name].end_orphans()
        self._children[name].start()
        wait_until_ready(self._children[name], self._servers[name].is_ready, time.sleep)

    def _fork(self, role: str) -> int:
        assert self._zygote
        assert self._zygote.stdin
        assert self._zygote.stdout
        self._zygote.stdin.write(f"{role}\n")
        self._zygote.stdin.flush()
        return int(self._zygote.stdout.readline())


def _send(pid: int, number: signal.Signals) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
