"""The folder that keeps everything of one site: where it is, who may enter it, what lies where in it.

Never changes the mode of a folder that Stoa did not make.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from .accounts import Account, name_of
from .errors import BadChoice

ENVIRONMENT = "STOA_DATA_DIR"
_ROOTS_DEFAULT = Path("/var/lib/stoa")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths inside one data folder. Only `postgresql`, `valkey` and `run` belong to the servers' account."""

    path: Path

    @property
    def lock(self) -> Path:
        return self.path / "stoa.lock"

    @property
    def postgresql(self) -> Path:
        return self.path / "postgresql"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def conf(self) -> Path:
        return self.path / "conf"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def runtime(self) -> Path:
        return self.path / "runtime"

    @property
    def demo_pending(self) -> Path:
        return self.path / "demo.pending"


def choose(given: Path | None = None) -> DataFolder:
    """The folder given, else that of STOA_DATA_DIR, else the platform's; root has /var/lib/stoa."""
    named = given or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    try:
        return DataFolder((named or _default()).expanduser().resolve())
    except (RuntimeError, ValueError, OSError) as error:
        raise BadChoice(f"The data folder {named} cannot be found: {error}. Choose another with --data-dir.") from None


def _default() -> Path:
    if os.geteuid() == 0:
        return _ROOTS_DEFAULT
    from platformdirs import user_data_path  # noqa: PLC0415 # 3 MB that a chosen folder does not need

    return user_data_path("stoa")


def data_folder(given: Path | None = None) -> Path:
    """`choose`, and make the folder if it is missing; for those who keep files in it and start no servers."""
    folder = choose(given)
    prepare(folder)
    return folder.path


def prepare(folder: DataFolder, account: Account | None = None) -> None:
    """Make the folder if it is missing and check that it is ours, and open to the servers' account if there is one."""
    path = folder.path
    try:
        if account:
            _check_way_in(account, [parent for parent in reversed(path.parents) if parent.is_dir()])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        entry = path.stat()
        _check_owner(path, entry)
        if entry.st_uid == os.geteuid() and (folder.lock.exists() or not any(path.iterdir())):
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for private in (folder.logs, folder.conf):
            private.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadChoice(
            f"The data folder {path} cannot be used: {error.strerror}. Choose another with --data-dir."
        ) from None
    if account:
        folder.conf.chmod(0o711)
        _check_way_in(account, [path])


def own_folder(path: Path, account: Account | None) -> Path:
    """A folder of mode 0700 that belongs to the servers' account, made if it is missing."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return path


def _check_owner(path: Path, entry: os.stat_result) -> None:
    if entry.st_uid not in {os.geteuid(), 0} or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise BadChoice(
            f"The data folder {path} belongs to the user {name_of(entry.st_uid)}: "
            "start Stoa as that user or choose another with --data-dir."
        )
    if entry.st_mode & stat.S_IWOTH:
        raise BadChoice(f"Everybody may write in {path}: choose a folder of its own, such as --data-dir {path}/stoa")


def _check_way_in(account: Account, folders: list[Path]) -> None:
    closed = account.first_closed(folders)
    if closed:
        raise BadChoice(
            f"The folder {closed} is closed to the account '{account.name}', which runs PostgreSQL when root "
            f"starts Stoa: choose a data folder that is not inside it, such as --data-dir {_ROOTS_DEFAULT}"
        )
