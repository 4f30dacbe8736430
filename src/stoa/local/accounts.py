"""The system account of the servers when Stoa is started by root: PostgreSQL refuses to run as root.

Never opens a folder for that account; it only says which one is closed.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import CannotStart

NAME = "stoa-servers"
_SPARE = "nobody"
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_WAYS_TO_ADD = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"),
    ("adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false"),  # BusyBox
)
_FIRST_CLOSED = 'for p; do test -x "$p" || { printf %s "$p"; exit 1; }; done'


@dataclass(frozen=True, slots=True)
class Account:
    """A user that servers run as."""

    name: str
    uid: int
    gid: int

    def first_closed(self, paths: Iterable[Path]) -> Path | None:
        """The first folder this account cannot enter, or program it cannot run, as the kernel sees it."""
        asked = subprocess.run(
            ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *map(str, paths)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            env={},
            capture_output=True,
            check=False,
        )
        return Path(os.fsdecode(asked.stdout)) if asked.returncode else None


def account_for(database_files: Path) -> Account | None:
    """Who the servers run as: None is the caller, who is not root; else the owner of the files there are,
    so that a data folder keeps working where user numbers differ; else `stoa-servers`, made when missing.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = database_files.stat()
    except OSError:  # a folder that cannot be at all is refused where it is made
        return _named(NAME) or _added() or _spare()
    return Account(name_of(owner.st_uid), owner.st_uid, owner.st_gid)


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def name_of(uid: int) -> str:
    """Of a user without a name, the number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _added() -> Account | None:
    for program, *options in _WAYS_TO_ADD:
        path = shutil.which(program, path=_SYSTEM_PATH)
        if path:
            subprocess.run([path, *options, NAME], capture_output=True, check=False, env={"PATH": _SYSTEM_PATH})
            return _named(NAME)
    return None


def _spare() -> Account:
    """Systems without a way to add users (macOS, read-only containers) lend the account that owns nothing."""
    account = _named(_SPARE)
    if account is None or account.uid == 0:
        raise CannotStart(
            f"PostgreSQL does not run as root, and the account '{NAME}' cannot be made: "
            f"add it (useradd --system {NAME}) or start Stoa as an ordinary user."
        )
    return account
