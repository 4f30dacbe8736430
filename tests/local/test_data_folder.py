"""Which folders may hold a site's data, and what is refused with a word on what would do."""

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from stoa.local import data_folder
from stoa.local.accounts import NAME, Account, account_for
from stoa.local.data_folder import DataFolder, choose, prepare
from stoa.local.errors import BadChoice
from stoa.local.local_servers import LocalServers
from stoa.local.sockets import short_name, socket_folder
from tests.local.conftest import StartUp
from tests.local.running import Up


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestChoice:
    def test_is_what_is_given_then_the_environment_then_the_platforms(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        default = choose().path
        monkeypatch.setenv("STOA_DATA_DIR", str(home / "from-environment"))

        assert choose(home / "given").path == home / "given"
        assert choose().path == home / "from-environment"
        assert default.name == "stoa"
        assert default == Path("/var/lib/stoa") or os.geteuid() != 0

    def test_may_be_relative_or_a_link(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(home)
        (home / "real").mkdir()
        (home / "link").symlink_to(home / "real")

        assert choose(Path("link/data")).path == home / "real" / "data"


class TestFolder:
    def test_is_made_for_its_owner(self, home: Path) -> None:
        path = data_folder.data_folder(home / "a" / "b")

        assert path == home / "a" / "b"
        assert _mode(path) == (0o711 if os.geteuid() == 0 else 0o700)

    def test_of_others_keeps_its_mode(self, home: Path) -> None:
        (home / "full").mkdir(mode=0o755)
        (home / "full" / "file").touch()

        prepare(DataFolder(home / "full"))

        assert _mode(home / "full") == 0o755

    @pytest.mark.parametrize("name", ["file", "file/below", "x" * 300, "x" * 300 + "/below"])
    def test_must_be_one_that_can_be_made(self, name: str, home: Path) -> None:
        (home / "file").touch()

        with pytest.raises(BadChoice, match=r"cannot be used: .*Choose another with --data-dir"):
            LocalServers(DataFolder(home / name))

    def test_cannot_be_open_to_everybody(self) -> None:
        with pytest.raises(BadChoice, match=r"such as --data-dir .*/stoa$"):
            prepare(DataFolder(Path("/tmp").resolve()))  # noqa: S108 # the case in question
        assert Path("/tmp").stat().st_mode & 0o1777 == 0o1777  # noqa: S108

    @pytest.mark.usefixtures("as_root")
    def test_cannot_be_another_users(self, home: Path) -> None:
        (home / "theirs").mkdir()
        os.chown(home / "theirs", 12345, 12345)

        with pytest.raises(BadChoice, match="belongs to the user 12345: start Stoa as"):
            prepare(DataFolder(home / "theirs"))


@pytest.mark.usefixtures("as_root")
class TestUnderRoot:
    def test_a_folder_in_roots_home_is_refused_and_the_home_stays_closed(self, start_up: StartUp) -> None:
        home = Path(pwd.getpwuid(0).pw_dir)
        before = home.stat().st_mode
        home.chmod(0o700)
        try:
            up = start_up(home / "stoa-test-data")

            assert up.wait_for_end() == 2
            assert up.said == (
                f"error: The folder {home} is closed to the account '{NAME}', which runs PostgreSQL when root starts "
                "Stoa: choose a data folder that is not inside it, such as --data-dir /var/lib/stoa\n"
            )
            assert _mode(home) == 0o700
            assert not (home / "stoa-test-data").exists()
        finally:
            home.chmod(before & 0o7777)

    def test_servers_run_under_an_account_of_their_own(self, shared_up: Up) -> None:
        for name in ("postgres", "valkey-server"):
            server = shared_up.child(name)
            assert server.username() == NAME
            assert server.uids().saved != 0
            assert _other_groups(server.pid) == []

    def test_the_owner_of_the_files_stays_their_account(self, home: Path) -> None:
        folder = DataFolder(home)
        folder.postgresql.mkdir()
        os.chown(folder.postgresql, 23456, 34567)

        assert account_for(folder.postgresql) == Account("23456", 23456, 34567)


def _other_groups(pid: int) -> list[str]:
    """Groups beside its own; root's would be left here if they had not been dropped."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(line for line in status.splitlines() if line.startswith("Groups:")).split()[1:]


class TestShortSocketFolder:
    @pytest.fixture
    def deep(self, home: Path) -> Iterator[DataFolder]:
        folder = DataFolder(home / ("deep" * 25))
        folder.path.mkdir()
        yield folder
        short = short_name(folder)
        if short.is_symlink() or short.is_file():
            short.unlink()
        shutil.rmtree(short, ignore_errors=True)

    def test_is_made_for_the_owner_alone(self, deep: DataFolder) -> None:
        path = socket_folder(deep, None)

        assert path.parent == Path("/tmp")  # noqa: S108 # where it has to be
        assert _mode(path) == 0o700
        assert socket_folder(deep, None) == path

    def test_is_refused_when_it_is_a_link(self, deep: DataFolder, home: Path) -> None:
        (home / "elsewhere").mkdir(mode=0o700)
        short_name(deep).symlink_to(home / "elsewhere")

        with pytest.raises(BadChoice, match="not a folder of ours alone"):
            socket_folder(deep, None)

    def test_is_refused_when_others_may_enter(self, deep: DataFolder) -> None:
        short_name(deep).mkdir(mode=0o755)
        short_name(deep).chmod(0o755)

        with pytest.raises(BadChoice, match="not a folder of ours alone"):
            socket_folder(deep, None)

    @pytest.mark.usefixtures("as_root")
    def test_is_refused_when_it_is_anothers(self, deep: DataFolder) -> None:
        short_name(deep).mkdir(mode=0o700)
        os.chown(short_name(deep), 12345, 12345)

        with pytest.raises(BadChoice, match="not a folder of ours alone"):
            socket_folder(deep, account_for(deep.postgresql))
