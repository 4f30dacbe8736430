"""`stoa migrate up|down|status`: the database's schema."""

from pathlib import Path
from typing import Annotated

import typer

migrate = typer.Typer(help="Move the database's schema.", no_args_is_help=True, rich_markup_mode=None)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")
]


@migrate.command("up")
def up(
    revision: Annotated[str, typer.Argument(help="Where to stop.")] = "head",
    data_dir: DataDir = None,
) -> None:
    """Bring the schema up to date."""
    from stoa.cli.context import servers
    from stoa.shared.schema import upgrade

    with servers(data_dir, "stoa migrate") as running:
        upgrade(running.database_url, revision)
    print(f"The schema is at {revision}.")


@migrate.command("down")
def down(
    revision: Annotated[str, typer.Argument(help="Where to stop: a revision, -1 for one step, base for all.")] = "-1",
    data_dir: DataDir = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the schema down. What only the newer schema can hold is lost."""
    from stoa.cli.context import servers
    from stoa.shared.schema import downgrade

    if not yes:
        typer.confirm("This may delete data for good. Is there a backup, and shall it go on?", abort=True)
    with servers(data_dir, "stoa migrate") as running:
        downgrade(running.database_url, revision)
    print(f"The schema went down ({revision}).")


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
