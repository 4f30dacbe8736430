"""The folder of the servers' Unix sockets: nobody but their owner (and root) may enter it.

PostgreSQL trusts whoever reaches its socket, so the folder's mode is the lock on the door.
"""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from .accounts import Account
from .data_folder import DataFolder, own_folder
from .errors import BadChoice

LONGEST = 100  # the kernel takes 107 bytes on Linux and 103 on macOS
_LONGEST_NAME = ".s.PGSQL.5432"
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # no comma, quote, % or space: it goes into addresses of three dialects
_SHORT = Path("/tmp")  # noqa: S108 # made and checked below: own folder, own mode, never a link


def socket_folder(folder: DataFolder, account: Account | None) -> Path:
    """`run` in the data folder, or a short folder in /tmp where that path does not fit a socket's address."""
    if _fits(folder.run):
        return own_folder(folder.run, account)
    return _short_folder(short_name(folder), account)


def socket_path(folder: DataFolder) -> Path:
    """Where `socket_folder` is or will be; makes nothing."""
    return folder.run if _fits(folder.run) else short_name(folder)


def short_name(folder: DataFolder) -> Path:
    from hashlib import sha256  # noqa: PLC0415 # 5 MB of OpenSSL that few paths need

    return _SHORT / f"stoa-{sha256(os.fsencode(folder.path)).hexdigest()[:16]}"


def _fits(path: Path) -> bool:
    whole = str(path / _LONGEST_NAME)
    return len(os.fsencode(whole)) <= LONGEST and _PLAIN.fullmatch(whole) is not None


def _short_folder(path: Path, account: Account | None) -> Path:
    """Everybody may write in /tmp: what lies there under our name already must be ours and closed."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    entry = path.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid not in {owner, os.geteuid()} or entry.st_mode & 0o077:
        raise BadChoice(
            f"{path} is not a folder of ours alone, and the sockets would have to go there: "
            "remove it, or choose a shorter --data-dir."
        )
    if account and entry.st_uid != owner:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return path
