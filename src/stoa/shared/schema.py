"""Moves a database's schema with Alembic. The only file that speaks to Alembic."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from stoa.shared.errors import InvalidInput, PermissionDenied
from stoa.shared.migrations import folder
from stoa.shared.sealing import seal, unseal

_INSUFFICIENT_PRIVILEGE = "42501"


class UnknownRevision(InvalidInput):
    title = "No such revision"


class MissingPrivilege(PermissionDenied):
    title = "The database's role may not do this"


def upgrade(url: str, revision: str = "head", *, admin_url: str | None = None) -> None:
    """Bring the schema up to `revision`; blocks, and must not run inside an event loop.

    `admin_url` is a superuser's address of the same database: with it the audit log is sealed afterwards.
    """
    _run(command.upgrade, url, revision)
    if admin_url:
        seal(admin_url)


def downgrade(url: str, revision: str = "-1", *, admin_url: str | None = None) -> None:
    """Take the schema down to `revision` (`-1`: one step, `base`: all). A sealed audit log needs `admin_url`."""
    if admin_url:
        unseal(admin_url)
    try:
        _run(command.downgrade, url, revision)
    finally:
        if admin_url:
            seal(admin_url)


def history() -> list[tuple[str, str]]:
    """Revision id and title of every migration, first to last."""
    scripts = ScriptDirectory.from_config(_config(""))
    return [(script.revision, script.doc) for script in reversed(list(scripts.walk_revisions()))]


def _run(step: Any, url: str, revision: str) -> None:
    try:
        step(_config(url), revision)
    except CommandError as error:
        raise UnknownRevision(f"{error}. `stoa migrate status` lists the revisions.") from None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        raise MissingPrivilege(
            f"PostgreSQL refuses: {str(error.orig).rpartition(': ')[2]}. Stoa's role must own its database; to take a "
            "sealed audit log down, name a superuser's address of the same database with --admin-url."
        ) from None


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config
