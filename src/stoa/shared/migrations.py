"""Where the migrations lie, and which one is the newest. Cheap to ask: reads file names only."""

from pathlib import Path

import stoa


def folder() -> Path:
    """The folder with `env.py` and `versions/`, in a checkout or in an installed package."""
    package = Path(stoa.__file__).resolve().parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def head() -> str:
    """The revision id of the newest migration: files are named `0001_name.py`, their ids are the four digits."""
    return max(path.name[:4] for path in (folder() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
