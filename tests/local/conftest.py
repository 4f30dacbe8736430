"""Data folders for these tests: a fresh one, and one with a database in it, copied because that is quicker."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stoa.local.data_folder import choose
from stoa.local.sockets import short_name
from tests.local.running import Up

StartUp = Callable[..., Up]


@pytest.fixture(autouse=True)
def _no_servers_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "STOA_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own are for the caller alone."""
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start_up() -> Iterator[StartUp]:
    """Starts a `stoa up`; all are ended after the test, and their short socket folders removed."""
    started: list[tuple[Up, Path]] = []

    def start(data: Path, **options: Any) -> Up:
        up = Up(data, **options)
        started.append((up, data))
        return up

    yield start
    for up, data in started:
        up.close()
        shutil.rmtree(short_name(choose(data)), ignore_errors=True)


@pytest.fixture(scope="session")
def _folders() -> Iterator[Path]:
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _used(_folders: Path) -> Path:
    up = Up(_folders / "used")
    try:
        up.wait_until_up()
        assert up.stop() == 0
    finally:
        up.close()
    return _folders / "used"


@pytest.fixture
def data(home: Path, _used: Path) -> Path:
    """A data folder that was used before."""
    return _copy(_used, home / "data")


@pytest.fixture(scope="session")
def shared_data(_folders: Path, _used: Path) -> Path:
    """The data folder of `shared_up`."""
    return _copy(_used, _folders / "shared")


@pytest.fixture(scope="session")
def shared_up(shared_data: Path) -> Iterator[Up]:
    """A `stoa up` for tests that do it no harm. It belongs to one group more than its servers should."""
    up = Up(shared_data, groups=[12345] if os.geteuid() == 0 else None)
    try:
        yield up.wait_until_up()
    finally:
        up.close()


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has accounts of its own for the servers")


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="stoa-local-", dir="/tmp")).resolve()
    folder.chmod(0o755)
    return folder


def _copy(data: Path, copy: Path) -> Path:
    subprocess.run(["/bin/cp", "-a", str(data), str(copy)], check=True)
    return copy
