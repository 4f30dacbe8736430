"""Root's way is not everybody's: here an ordinary user starts everything."""

import os
import pwd
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

import stoa
from stoa.local.accounts import Account
from tests.local.conftest import StartUp
from tests.local.running import STAND_IN, Up, ask


@pytest.fixture
def user() -> Account:
    if os.geteuid() != 0:
        pytest.skip("not root: all other tests run as an ordinary user already")
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


@pytest.fixture
def own_home(home: Path, user: Account) -> Path:
    folder = home / "user"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.uid, user.gid)
    return folder


@pytest.fixture
def start_as_user(user: Account, start_up: StartUp) -> StartUp:
    packages, source = Path(sysconfig.get_path("purelib")), Path(stoa.__file__).parents[1]
    setpriv = shutil.which("setpriv")
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [Path(sys.executable).resolve(), Path("/usr/local/bin", name), Path("/usr/bin", name)]
    python = next((p for p in pythons if p.exists() and not user.first_closed([*reversed(p.parents), p])), None)
    if not setpriv or not python or user.first_closed([packages, source, STAND_IN.parent]):
        pytest.skip(f"the account '{user.name}' cannot reach a Python {name} and these packages here")

    def start(data: Path) -> Up:
        return start_up(
            data,
            command=[setpriv, f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups", str(python)],
            environment={"PYTHONPATH": f"{source}:{packages}", "HOME": str(data.parent)},
        )

    return start


class TestOrdinaryUser:
    @pytest.mark.slow
    def test_starts_crashes_and_starts_again(self, own_home: Path, user: Account, start_as_user: StartUp) -> None:
        data = own_home / "data"
        first = start_as_user(data).wait_until_up()
        ask(first.database_url, "CREATE TABLE notes AS SELECT 'kept' AS body")
        assert {process.username() for process in first.tree()} == {user.name}
        assert data.stat().st_mode & 0o777 == 0o700
        assert not (data / "runtime").exists()
        first.kill(whole_tree=True)

        second = start_as_user(data).wait_until_up()

        assert ask(second.database_url, "SELECT body FROM notes") == "kept"
        assert second.stop() == 0

    def test_is_refused_the_folder_of_another(self, home: Path, start_as_user: StartUp) -> None:
        (home / "roots").mkdir(mode=0o700)

        up = start_as_user(home / "roots")

        assert up.wait_for_end() == 2
        assert up.said == (
            f"error: The data folder {home / 'roots'} belongs to the user root: "
            "start Stoa as that user or choose another with --data-dir.\n"
        )
        assert list((home / "roots").iterdir()) == []

    def test_is_refused_by_the_up_of_another(self, shared_data: Path, shared_up: Up, start_as_user: StartUp) -> None:
        users = start_as_user(shared_data)

        assert users.wait_for_end() == 2
        assert f"error: The data folder {shared_data} belongs to the user root: " in users.said
        assert ask(shared_up.database_url, "SELECT 1") == 1
