"""The files of a PostgreSQL cluster: made whole or not at all, and refused when another major version made them.

Never starts a server on them.
"""

import locale
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .data_folder import own_folder
from .errors import BadChoice, CannotStart
from .logs import open_log
from .process import Child, Program, stop
from .server import Pause

_POLL_SECONDS = 0.01
_UTF8_CTYPES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")
_MAKE_DATABASE = (
    b"CREATE EXTENSION vector;\n"  # into the template, for it is not one of those that owners of a database may add
    b"CREATE ROLE stoa LOGIN;\n"
    b"CREATE DATABASE stoa OWNER stoa;\n"
)

Tool = Callable[..., Program]
"""`tool(program, *options, cluster=folder)` is the command of one of PostgreSQL's programs."""


def make_cluster(cluster: Path, tool: Tool, pause: Pause) -> None:
    """Superuser `postgres`, role and database `stoa`. Made in another folder, which is renamed at the end: what
    was killed half way is thrown away by the next start. Raises CannotStart.
    """
    for half_done in cluster.parent.glob(f"{cluster.name}.new-*"):
        shutil.rmtree(half_done, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix=f"{cluster.name}.new-", dir=cluster.parent))
    own_folder(new, tool("initdb", cluster=new).account)
    _run(tool("initdb", *_options(), cluster=new), pause)
    _make_database(tool("postgres", cluster=new))
    _run(tool("initdb", "--sync-only", cluster=new), pause)
    new.rename(cluster)
    _sync(cluster.parent)


def check_version(cluster: Path, version: str) -> None:
    """Raises BadChoice when a PostgreSQL of another major version made the files."""
    try:
        made_by = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadChoice(
            f"{cluster} is not a database of ours: {error.strerror}. Choose another folder with --data-dir."
        ) from None
    ours = version.partition(".")[0]
    if made_by != ours:
        raise BadChoice(
            f"The database in {cluster} was made by PostgreSQL {made_by}, and this Stoa brings PostgreSQL {ours}. "
            f"Dump it with the pg_dump of version {made_by} and restore the dump into a new --data-dir."
        )


def _options() -> list[str]:
    """Collation is PostgreSQL's own, so no upgrade of the system's C library can spoil an index. Text search and
    trigrams still ask the C library what a letter is, and under `C` they lose everything outside ASCII.
    """
    return [
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        f"--lc-ctype={_utf8_ctype()}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",  # done once, at the end
        "--no-instructions",
    ]


def _utf8_ctype() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in _UTF8_CTYPES:
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _run(program: Program, pause: Pause) -> None:
    child = Child(program)
    child.start()
    try:
        while child.pid:
            pause(_POLL_SECONDS)
    finally:
        stop([child])
    if not child.has_succeeded:
        raise CannotStart(f"PostgreSQL could not make its files ({child.end}):\n{child.log_tail}")


def _make_database(program: Program) -> None:
    """PostgreSQL's single-user mode: no server and no connection are needed. 0.2 s."""
    account = program.account
    server, *options = program.argv
    log = open_log(program.log) if program.log else subprocess.DEVNULL
    try:
        made = subprocess.run(
            [server, "--single", *options, "template1"],
            input=_MAKE_DATABASE,
            stdout=log,
            stderr=subprocess.PIPE,
            env=dict(program.environment),
            cwd=program.folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            check=False,
        )
    finally:
        if program.log:
            os.close(log)
    # It goes on after a failed statement and still ends with 0.
    if made.returncode or b"ERROR:" in made.stderr or b"FATAL:" in made.stderr:
        raise CannotStart(f"PostgreSQL could not make the database:\n{made.stderr.decode(errors='replace').strip()}")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
