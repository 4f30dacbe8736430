"""`stoa migrate up|down|seal|status`: the database's schema."""

from pathlib import Path
from typing import Annotated

import typer

migrate = typer.Typer(help="Move the database's schema.", no_args_is_help=True, rich_markup_mode=None)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")
]
AdminUrl = Annotated[
    str | None,
    typer.Option(
        "--admin-url",
        envvar="ADMIN_DATABASE_URL",
        help="A superuser's address of the same database, for the seal of the audit log. Not needed for the embedded "
        "PostgreSQL.",
    ),
]


@migrate.command("up")
def up(
    revision: Annotated[str, typer.Argument(help="Where to stop.")] = "head",
    data_dir: DataDir = None,
    admin_url: AdminUrl = None,
) -> None:
    """Bring the schema up to date."""
    from stoa.cli.context import servers
    from stoa.shared.schema import upgrade

    with servers(data_dir, "stoa migrate") as running:
        upgrade(running.database_url, revision, admin_url=_admin(admin_url, data_dir, running.database_url))
    print(f"The schema is at {revision}.")


@migrate.command("down")
def down(
    revision: Annotated[str, typer.Argument(help="Where to stop: a revision, -1 for one step, base for all.")] = "-1",
    data_dir: DataDir = None,
    admin_url: AdminUrl = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the schema down. What only the newer schema can hold is lost."""
    from stoa.cli.context import servers
    from stoa.shared.schema import downgrade

    if not yes:
        typer.confirm("This may delete data for good. Is there a backup, and shall it go on?", abort=True)
    with servers(data_dir, "stoa migrate") as running:
        downgrade(running.database_url, revision, admin_url=_admin(admin_url, data_dir, running.database_url))
    print(f"The schema went down ({revision}).")


@migrate.command("seal")
def seal_audit(data_dir: DataDir = None, admin_url: AdminUrl = None) -> None:
    """Take from Stoa's database role the right to change the audit log."""
    from stoa.cli.context import servers
    from stoa.shared.errors import InvalidInput
    from stoa.shared.sealing import seal

    with servers(data_dir, "stoa migrate") as running:
        admin = _admin(admin_url, data_dir, running.database_url)
        if admin is None:
            raise InvalidInput("Name a superuser's address of the same database with --admin-url.")
        if not seal(admin):
            raise InvalidInput(
                "There is no audit log in that database. Is it Stoa's, and did `stoa migrate up` run on it?"
            )
    print("The audit log is sealed.")


@migrate.command("status")
def status(data_dir: DataDir = None) -> None:
    """Say where the schema is, and what is still to come."""
    import asyncio

    from stoa.cli.context import current_revision, servers
    from stoa.shared.schema import history

    with servers(data_dir, "stoa migrate") as running:
        current = asyncio.run(current_revision(running.database_url))
    for revision, title in history():
        print(f"{'->' if revision == current else '  '} {revision} {title}")
    if current is None:
        print("The database is empty: run `stoa migrate up`.")


def _admin(given: str | None, data_dir: Path | None, database_url: str) -> str | None:
    """The superuser's address given, else that of the embedded PostgreSQL, else None."""
    from stoa.cli.context import load_settings
    from stoa.local.servers import admin_url

    return given or admin_url(load_settings(data_dir=data_dir).server.data_dir, database_url)
