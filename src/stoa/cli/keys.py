"""`stoa keys`: the secret keys that sign tokens."""

from pathlib import Path
from typing import Annotated

import typer

keys = typer.Typer(help="The secret keys that sign tokens.", no_args_is_help=True, rich_markup_mode=None)


@keys.callback()
def _group() -> None:
    """The secret keys that sign tokens."""


@keys.command("rotate")
def rotate(
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", envvar="STOA_DATA_DIR", help="Folder of secrets.")
    ] = None,
) -> None:
    """Put a new key before those there are. Nobody is signed out."""
    from stoa.cli.context import data_folder, load_settings
    from stoa.shared.errors import InvalidInput
    from stoa.shared.keyring import rotate as put_new_key_first

    settings = load_settings(data_dir=data_dir)
    if settings.accounts.secret_keys is not None:
        raise InvalidInput("The keys are set by STOA_SECRET_KEYS: put a new one before those that stand there.")
    put_new_key_first(data_folder(settings.server.data_dir))
    print("A new key is there. Restart the site to sign with it; until then the running one goes on with the old.")
    print("Nobody is signed out: what the two keys before it signed stays valid.")
