"""Commands that need PostgreSQL and Valkey for a while: they join a `stoa up`, or bring their own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from stoa.local.errors import InUse
from stoa.local.servers import Servers, running_servers
from tests.local.conftest import StartUp
from tests.local.running import Up, ask, is_gone, until

_COMMAND = Path(__file__).with_name("temporary.py")


class Command:
    """A passing command in a process of its own."""

    def __init__(self, data: Path, name: str = "import") -> None:
        self._stop_file = data.with_name(f"stop-{name}")
        self.process = subprocess.Popen(
            [sys.executable, str(_COMMAND), str(data), name, str(self._stop_file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_servers(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def finish(self) -> tuple[int, str]:
        self._stop_file.touch()
        fault = self.process.communicate(timeout=60)[1]
        return self.process.returncode, fault


@pytest.fixture
def commands() -> Iterator[list[Command]]:
    started: list[Command] = []
    yield started
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
        command.process.communicate()


class TestRunningServers:
    def test_are_those_given_and_nothing_is_made(self, home: Path) -> None:
        with running_servers(home / "new", database_url="postgresql://a", redis_url="redis://b") as servers:
            assert servers == Servers("postgresql://a", "redis://b")

        assert not (home / "new").exists()

    def test_do_not_show_passwords(self) -> None:
        assert "secret" not in repr(Servers("postgresql://a:secret@b/c", "redis://:secret@b"))

    def test_are_started_and_stopped_again(self, data: Path) -> None:
        with running_servers(data) as servers:
            assert ask(servers.database_url, "SELECT 1") == 1
            assert Redis.from_url(servers.redis_url).ping()
            children = psutil.Process().children(recursive=True)

        assert [child for child in children if str(data) in " ".join(_command(child))] == []
        assert (data / "stoa.lock").read_text() == ""

    def test_are_those_of_a_running_up(self, shared_data: Path, shared_up: Up) -> None:
        with running_servers(shared_data) as servers:
            assert (servers.database_url, servers.redis_url) == shared_up.site()[1:]
        assert ask(shared_up.database_url, "SELECT 1") == 1

    def test_must_be_given_where_up_was_given_them(self, home: Path, shared_up: Up, start_up: StartUp) -> None:
        url = shared_up.database_url
        other = start_up(home / "other", given=[url, ""]).wait_until_up()

        with pytest.raises(InUse) as refused, running_servers(home / "other"):
            pass
        assert f"(process {other.process.pid})" in refused.value.detail
        assert refused.value.detail.endswith("was given a DATABASE_URL: give this command the same DATABASE_URL.")
        with running_servers(home / "other", database_url=url) as servers:
            assert servers.database_url == url

    def test_wait_for_another_command_to_end(self, data: Path, commands: list[Command]) -> None:
        first = Command(data)
        commands.append(first)
        first.wait_for_servers()
        second = Command(data, "seed")
        commands.append(second)

        assert first.finish()[0] == 0
        assert ask(second.wait_for_servers(), "SELECT 1") == 1
        assert json.loads((data / "stoa.lock").read_text())["command"] == "seed"
        assert second.finish() == (0, "")

    def test_are_refused_while_another_command_does_not_end(self, data: Path, commands: list[Command]) -> None:
        first = Command(data)
        commands.append(first)
        first.wait_for_servers()

        with pytest.raises(InUse) as refused, running_servers(data, patience_seconds=0.2):
            pass
        assert first.finish() == (0, "")
        assert refused.value.detail == (
            f"stoa import (process {first.process.pid}) is at work on {data}: try again when it has ended."
        )

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_end_with_a_command_that_is_told_to_end(self, number: int, data: Path, commands: list[Command]) -> None:
        command = Command(data)
        commands.append(command)
        command.wait_for_servers()
        servers = psutil.Process(command.process.pid).children(recursive=True)

        command.process.send_signal(number)
        command.process.communicate(timeout=60)

        assert [server for server in servers if not is_gone(server)] == []
        assert (data / "stoa.lock").read_text() == ""

    def test_end_with_a_command_that_is_killed(self, data: Path, commands: list[Command]) -> None:
        command = Command(data)
        commands.append(command)
        command.wait_for_servers()
        servers = psutil.Process(command.process.pid).children(recursive=True)

        command.process.kill()

        if sys.platform == "linux":
            until(lambda: all(map(is_gone, servers)), "the kernel tells them")
        with running_servers(data) as again:
            assert ask(again.database_url, "SELECT 1") == 1


def _command(process: psutil.Process) -> list[str]:
    return [] if is_gone(process) else process.cmdline()
