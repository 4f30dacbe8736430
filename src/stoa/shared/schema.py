"""Moves a database's schema with Alembic. The only file that speaks to Alembic."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from stoa.shared.errors import InvalidInput
from stoa.shared.migrations import folder


class UnknownRevision(InvalidInput):
    title = "No such revision"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to `revision`; blocks, and must not run inside an event loop."""
    _run(command.upgrade, url, revision)


def downgrade(url: str, revision: str = "-1") -> None:
    """Take the schema down to `revision` (`-1`: one step, `base`: all)."""
    _run(command.downgrade, url, revision)


def history() -> list[tuple[str, str]]:
    """Revision id and title of every migration, first to last."""
    scripts = ScriptDirectory.from_config(_config(""))
    return [(script.revision, script.doc) for script in reversed(list(scripts.walk_revisions()))]


def _run(step: Any, url: str, revision: str) -> None:
    try:
        step(_config(url), revision)
    except CommandError as error:
        raise UnknownRevision(f"{error}. `stoa migrate status` lists the revisions.") from None


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config
