"""The command itself: what it takes from options, environment and `.env`, and when it migrates and fills in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.local.running import free_port, until


class Command:
    """`stoa up` as people start it."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self._output = folder / f"output-{free_port()}"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "stoa", "up", *options],
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_up(self) -> str:
        until(lambda: "Stoa answers on" in self._output.read_text() or self._process.poll() is not None, "an answer")
        return self._output.read_text()

    def said(self) -> str:
        return self._output.read_text()

    def stop(self) -> tuple[int, str]:
        self._process.terminate()
        return self.wait()

    def wait(self) -> tuple[int, str]:
        return self._process.wait(90), self._output.read_text()


@pytest.fixture
def started() -> Iterator[list[Command]]:
    commands: list[Command] = []
    yield commands
    for command in commands:
        command.stop()


class TestUpCommand:
    @pytest.mark.slow
    def test_migrates_and_fills_in_once_unless_that_failed(
        self, home: Path, data: Path, started: list[Command]
    ) -> None:
        options = ("--data-dir", str(data), "--port", str(free_port()))

        def said_by_next() -> str:
            started.append(Command(home, *options))
            started[-1].wait_until_up()
            code, said = started[-1].stop()
            assert code == 0
            return said

        first = said_by_next()
        assert "Schema         migrated to " in first
        assert "Demo site      filled in" in first
        second = said_by_next()
        assert ", nothing to do" in second
        assert "Demo site" not in second
        (data / "demo.pending").touch()  # as a start leaves it that was killed while it filled the site
        assert "Demo site      filled in" in said_by_next()
        assert not (data / "demo.pending").exists()

    @pytest.mark.slow
    def test_reads_dot_env_and_the_environment_before_it(self, home: Path, data: Path, started: list[Command]) -> None:
        port = free_port()
        (home / ".env").write_text(f"STOA_DATA_DIR={data}\nSTOA_PORT=1\n")

        started.append(Command(home, "--no-demo", STOA_PORT=str(port)))

        said = started[-1].wait_until_up()
        assert f"Data folder    {data}\n" in said
        assert "Demo site" not in said
        assert f"Stoa answers on http://127.0.0.1:{port} " in said

    @pytest.mark.slow
    def test_tells_how_the_owner_begins(self, home: Path, data: Path, started: list[Command]) -> None:
        port = free_port()
        started.append(Command(home, "--no-demo", "--data-dir", str(data), "--port", str(port)))
        started[-1].wait_until_up()

        until(lambda: "token=" in started[-1].said(), "a link")

        link = started[-1].said().split()[-1]
        assert link.startswith(f"http://localhost:{port}/welcome?token=")
        with urlopen(link, timeout=10) as page:  # noqa: S310 # our own site
            assert page.status == 200
        assert "token=" not in "".join(log.read_text() for log in (data / "logs").iterdir())
        made = ["user", "create", "ada@example.com", "--role", "admin", "--data-dir", str(data)]
        done = subprocess.run([sys.executable, "-m", "stoa", *made], capture_output=True, text=True, check=True)
        assert f"http://localhost:{port}/reset-password?token=" in done.stdout

    @pytest.mark.parametrize(
        ("written", "fault"),
        [
            ("STOA_PORT=70000", "error: STOA_PORT is '70000': it must be a number from 1 to 65535.\n"),
            (
                "DATABASE_URL_FILE=/no/such/file",
                "error: DATABASE_URL_FILE names /no/such/file, which cannot be read: No such file or directory\n",
            ),
        ],
    )
    def test_refuses_what_cannot_be(self, written: str, fault: str, home: Path) -> None:
        (home / ".env").write_text(written)

        assert Command(home, "--data-dir", str(home / "new")).wait() == (2, fault)
        assert not (home / "new").exists()
