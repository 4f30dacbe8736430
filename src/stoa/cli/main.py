"""The command `stoa`: one file for each group of commands. Imports nothing heavy; commands do when they run."""

import os
import sys
from typing import Annotated

import typer

from stoa.cli.ai import ai
from stoa.cli.doctor import doctor
from stoa.cli.events import events
from stoa.cli.export import export
from stoa.cli.import_ import import_
from stoa.cli.keys import keys
from stoa.cli.migrate import migrate
from stoa.cli.seed import seed
from stoa.cli.serve import serve
from stoa.cli.up import up
from stoa.cli.user import user
from stoa.cli.worker import worker
from stoa.shared.errors import InvalidInput, StoaError

app = typer.Typer(
    name="stoa",
    help="Publish, sell, talk and plan on a machine you own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up)
app.command()(serve)
app.command()(worker)
app.add_typer(events, name="events")
app.add_typer(ai, name="ai")
app.add_typer(migrate, name="migrate")
app.add_typer(user, name="user")
app.add_typer(keys, name="keys")
app.command(name="import")(import_)
app.command()(export)
app.command()(seed)
app.command()(doctor)

_FIRST_FAULT_OF_OURS = 500


def _print_version(wanted: bool) -> None:
    if wanted:
        from stoa.shared.version import VERSION

        print(f"stoa {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Publish, sell, talk and plan on a machine you own."""


def main() -> None:
    """Run a command. A fault is one line on standard error: exit code 2 when another input helps, 1 else."""
    try:
        app()
    except StoaError as error:
        print(f"error: {error.detail}", file=sys.stderr)
        sys.exit(2 if isinstance(error, InvalidInput) or error.status < _FIRST_FAULT_OF_OURS else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
