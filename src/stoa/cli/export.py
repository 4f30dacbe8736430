"""`stoa export`: the whole site as a folder or a zip. Parses, calls and prints."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoa.modules.content.exporting.layout import ExportedFile


def export(
    path: Annotated[Path, typer.Argument(help="A new folder, or a file that ends in .zip.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an export that is there.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers and of media.")
    ] = None,
) -> None:
    """Write everything that makes the site into files; `stoa import` reads them back, byte by byte the same."""
    from stoa.cli.all_rights import whoever_has_the_machine
    from stoa.cli.context import Opened, run
    from stoa.modules.audit.service import AuditService
    from stoa.modules.content.exporting.packing import write_folder, write_zip
    from stoa.modules.content.exporting.service import SiteExport
    from stoa.shared.media.choosing import media_store

    count = 0

    async def counted(files: "AsyncIterator[ExportedFile]") -> "AsyncIterator[ExportedFile]":
        nonlocal count
        async for file in files:
            count += 1
            if count % 100 == 0 and sys.stderr.isatty():
                print(f"\r{count:,} files", end="", file=sys.stderr)
            yield file

    async def work(app: Opened) -> None:
        site = app.settings.site
        media = media_store(app.settings, app.data_dir)
        made = SiteExport(app.database.reads, media.read, site_name=site.site_name, language=site.language)
        write = write_zip if path.suffix.lower() == ".zip" else write_folder
        await write(path, counted(made.files()), force=force)
        async with app.database.unit_of_work() as session:
            await AuditService(session).record("site.exported", actor=whoever_has_the_machine())

    run(data_dir, "stoa export", work)
    print(f"Exported {count:,} files to {path}.")
