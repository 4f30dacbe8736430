"""Starts a `stoa up` for a test, reads what it says, and sees to it that nothing of it is left."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import asyncpg
import psutil
from redis import Redis
from redis.exceptions import RedisError

T = TypeVar("T")
STAND_IN = Path(__file__).with_name("stand_in_up.py")
_PATIENCE_SECONDS = 90.0


def until(ask: Callable[[], T], what: str) -> T:
    """The first true answer."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited in vain: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_gone(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    return True


def ask(database_url: str, sql: str) -> Any:
    """The first value of a statement."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(database_url, timeout=10)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return run(fetch())


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


class Up:
    """One `stoa up` with the stand-in site, in a process of its own."""

    def __init__(
        self,
        data: Path,
        *,
        manner: str = "plain",
        port: int | None = None,
        given: Sequence[str] = (),
        command: Sequence[str] = (sys.executable,),
        environment: dict[str, str] | None = None,
        groups: Sequence[int] | None = None,
    ) -> None:
        self.port = port or free_port()
        home = Path(f"{data}-seen")
        home.mkdir(exist_ok=True)
        home.chmod(0o777)
        self._notes, self._output = home / "notes", home / f"output-{self.port}-{time.monotonic_ns()}"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, str(STAND_IN), str(data), str(self.port), str(self._notes), manner, *given],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                extra_groups=groups,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def notes(self) -> str:
        return self._notes.read_text()

    @property
    def has_noted(self) -> bool:
        return self._notes.exists()

    def wait_for(self, text: str) -> None:
        until(lambda: text in self.said or self.process.poll() is not None, f"'{text}' in: {self.said}")
        assert text in self.said, self.said

    def wait_until_up(self) -> "Up":
        self.wait_for("Stoa answers on")
        return self

    def wait_for_end(self) -> int:
        return self.process.wait(_PATIENCE_SECONDS)

    def site(self) -> tuple[int, str, str]:
        """Process, database and Valkey of the site, as the site says."""
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
            pid, database_url, redis_url = answer.read().decode().split()
        return int(pid), database_url, redis_url

    @property
    def database_url(self) -> str:
        return self.site()[1]

    def valkey(self) -> "Redis":
        return Redis.from_url(self.site()[2])

    def tree(self) -> list[psutil.Process]:
        """All its processes, itself first."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def child(self, name: str) -> psutil.Process:
        return next(p for p in psutil.Process(self.process.pid).children() if p.name() == name)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal, wait for the end, and check that nothing of it is left."""
        tree = self.tree()
        self.process.send_signal(number)
        code = self.wait_for_end()
        assert [p for p in tree if not is_gone(p)] == []
        return code

    def kill(self, *, whole_tree: bool) -> None:
        tree = self.tree()
        for process in tree if whole_tree else tree[:1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def close(self) -> None:
        """After the test, whatever came of it."""
        if self.process.poll() is None:
            tree = self.tree()
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            for process in tree:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait()


def site_process(up: Up) -> int:
    """The site's process number; 0 while it does not answer."""
    with suppress(OSError):
        return up.site()[0]
    return 0


def answers(up: Up) -> bool:
    """Whether the database does."""
    with suppress(OSError, asyncpg.PostgresError):
        return bool(ask(up.database_url, "SELECT 1") == 1)
    return False


def valkey_answers(up: Up) -> bool:
    with suppress(RedisError, OSError):
        return bool(up.valkey().ping())
    return False
