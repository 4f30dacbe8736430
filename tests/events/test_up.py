"""`stoa up` runs a worker beside the site and keeps it alive."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.local.running import free_port, is_gone
from tests.local.running import until as wait_until


@pytest.fixture
def up(monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    for name in ("DATABASE_URL", "REDIS_URL", "STOA_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="stoa-up-", dir="/tmp")).resolve()  # open to the servers' account
    folder.chmod(0o755)
    command = [sys.executable, "-m", "stoa", "up", "--no-demo", "--port", str(free_port())]
    started = subprocess.Popen(
        [*command, "--data-dir", str(folder / "data")], stdout=subprocess.DEVNULL, start_new_session=True
    )
    yield psutil.Process(started.pid)
    started.terminate()
    started.wait(40)
    shutil.rmtree(folder, ignore_errors=True)


def worker_of(up: psutil.Process) -> psutil.Process | None:
    return next((child for child in up.children() if _command(child)[-1:] == ["worker"]), None)


def _command(process: psutil.Process) -> list[str]:
    """Empty for one that has just ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.mark.slow
class TestUp:
    def test_starts_a_worker_that_was_killed_again_and_ends_it_at_last(self, up: psutil.Process) -> None:
        first = wait_until(lambda: worker_of(up), "a worker")
        assert first is not None
        first.kill()
        second = wait_until(lambda: found if (found := worker_of(up)) and found != first else None, "another worker")
        assert second is not None
        up.terminate()
        wait_until(lambda: is_gone(second) and is_gone(up), "the end of both")
