"""Whether the database has the schema of this Stoa. Never changes it: migrations have a command of their own."""

import os
import subprocess
import sys

from .errors import CannotStart
from .server import Pause

_POLL_SECONDS = 0.01


def current_revision(database_url: str, pause: Pause) -> str | None:
    """The revision the database is at; None for one that was never migrated. Raises CannotStart."""
    probe = subprocess.Popen(
        [sys.executable, "-m", "stoa.local.schema_probe"],
        env={**os.environ, "DATABASE_URL": database_url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        while probe.poll() is None:
            pause(_POLL_SECONDS)
    finally:
        probe.kill()
        said, fault = probe.communicate()
    if probe.returncode:
        reason = fault.decode(errors="replace").strip().splitlines()[-1:]
        raise CannotStart(f"The database cannot be asked for its schema: {''.join(reason)}")
    return said.decode().strip() or None


def is_behind(current: str | None, newest: str) -> bool:
    """Raises CannotStart for a database that a later Stoa migrated."""
    if current and current > newest:
        raise CannotStart(
            f"The database is at revision {current}, and this Stoa knows revisions up to {newest}: "
            "start the Stoa that wrote it, or a later one."
        )
    return current != newest
