"""`stoa import`: a site from a folder or a file. Parses, calls and prints."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from stoa.modules.content.importing.choices import Choices
    from stoa.modules.content.importing.items import Importer, Row, Survey
    from stoa.modules.content.importing.progress import Progress
    from stoa.modules.content.importing.report import Report

_FAILED, _STOPPED = 2, 130
_MOST_SHOWN = 50
_PATIENCE = 5  # nobody waits for one page here, and a busy machine must not fail an item


def import_(  # noqa: PLR0917 # Typer makes options of them
    path: Annotated[
        Path, typer.Argument(help="A folder or zip of Markdown, a WordPress or Ghost export, or one of Stoa.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen; write nothing.")] = False,
    source: Annotated[
        str | None, typer.Option(help="Name that ties the next import of these files to this one. Default: the path's.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Username of the author of all articles.")] = None,
    status: Annotated[Literal["published", "draft"], typer.Option(help="`draft` publishes nothing.")] = "published",
    old_site: Annotated[
        str | None, typer.Option(help="Address the site had (https://...); links to it become links inside.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write every row to this .csv or .json file.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every row, not only the notable ones.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers and of media.")
    ] = None,
) -> None:
    """Import a site. A second time changes nothing; after a stop it goes on. Exit code 2 when an item failed."""
    from stoa.modules.content.importing.choices import Choices, source_name
    from stoa.modules.content.importing.registry import importer_for
    from stoa.modules.content.importing.report import Report, row_file

    try:
        with importer_for(path, old_site=old_site) as importer, _progress() as progress:
            survey = importer.survey(progress)
            choices = Choices(source_name(source or importer.title), author=author, status=status, is_trial=dry_run)
            with Report(row_file(report) if report else None, keeps_all=verbose) as account:
                import_survey(importer, survey, choices, account, progress=progress, data_dir=data_dir)
    except KeyboardInterrupt:
        print("Stopped. What was imported stays; the same command goes on from there.", file=sys.stderr)
        raise typer.Exit(_STOPPED) from None
    _show(account, is_trial=dry_run, verbose=verbose)
    if account.counts["failed"]:
        raise typer.Exit(_FAILED)


def import_survey(
    importer: "Importer",
    survey: "Survey",
    choices: "Choices",
    account: "Report",
    *,
    progress: "Progress",
    data_dir: Path | None,
) -> None:
    """Import what was surveyed into the site of the data folder, or of the settings."""
    import asyncio
    from dataclasses import replace

    from stoa.cli.all_rights import whoever_has_the_machine
    from stoa.cli.context import Opened, run
    from stoa.modules.content.importing.service import ImportService
    from stoa.shared.markdown.pool import MarkdownPool
    from stoa.shared.media.choosing import media_store, picture_pool

    async def work(app: Opened) -> None:
        site = app.settings.site
        chosen = replace(choices, default_author=site.site_name, language=site.language)
        pool = MarkdownPool(workers=2, seconds=_PATIENCE * app.settings.content.markdown_seconds)
        pictures = picture_pool(app.settings)
        try:
            media = media_store(app.settings, app.data_dir)
            service = ImportService(app.database, media, pictures, pool)
            await service.run(importer, survey, chosen, account, progress, actor=whoever_has_the_machine())
        finally:
            await pool.close()
            await asyncio.to_thread(pictures.close)

    run(data_dir, "stoa import", work)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar in a terminal; elsewhere a line for each phase. On standard error, so that the report can be piped."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars)


class _Lines:
    def begin(self, phase: str, total: int) -> None:
        print(
            f"{phase} {total:,} {'file' if phase == 'reading' else 'item'}{'' if total == 1 else 's'}", file=sys.stderr
        )

    def step(self) -> None:
        """A line for each step would drown the report."""


class _Bar:
    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._task = bars.add_task("starting", total=None)

    def begin(self, phase: str, total: int) -> None:
        self._bars.remove_task(self._task)
        self._task = self._bars.add_task(phase, total=total)

    def step(self) -> None:
        self._bars.advance(self._task)


def _show(account: "Report", *, is_trial: bool, verbose: bool) -> None:
    order = {"failed": 0, "skipped": 2}
    rows = sorted(account.rows, key=lambda row: order.get(row.outcome, 1)) if not verbose else account.rows
    shown = [row for row in rows if verbose or row.outcome == "failed"]
    shown += [] if verbose else [row for row in rows if row.outcome != "failed"][:_MOST_SHOWN]
    if sys.stdout.isatty():
        _print_table(shown)
    else:
        for row in shown:
            print(_printable(f"{row.outcome} {row.key}{': ' if _notes(row) else ''}{'; '.join(_notes(row))}"))
    if (left_out := len(rows) - len(shown) + account.left_out) > 0:
        print(f"and {left_out:,} more: --report FILE.csv has all of them.")
    _show_kinds(account)
    print(f"{'Nothing was written. It would be: ' if is_trial else ''}{account.summary}.")


def _show_kinds(account: "Report") -> None:
    """What became of each kind of item, where there is more than texts."""
    kinds = account.tally.by_kind
    if set(kinds) <= {"article", "file"}:
        return
    for kind, counts in sorted(kinds.items()):
        print(f"{kind + ':':<12}{', '.join(f'{count:,} {outcome}' for outcome, count in counts.most_common())}")


def _print_table(rows: "list[Row]") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    colours = {"failed": "red", "skipped": "yellow"}
    table = Table("", "Item", "Note", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        cells = (row.outcome, _printable(row.key), _printable("\n".join(_notes(row))))
        table.add_row(Text(cells[0], style=colours.get(row.outcome, "green")), Text(cells[1]), Text(cells[2]))
    Console().print(table)


def _notes(row: "Row") -> list[str]:
    return [*([row.reason] if row.reason else []), *row.warnings]


def _printable(text: str) -> str:
    """File names are anybody's: nothing in them may steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
