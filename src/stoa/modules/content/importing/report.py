"""The account of an import: counts of everything, the rows worth a look, and all rows in a file if one is asked for."""

import csv
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from .errors import SourceRefused
from .items import Row
from .tally import Tally

MOST_KEPT = 10_000
COLUMNS = ("kind", "key", "outcome", "reason", "title", "slug", "warnings")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RowFile(Protocol):
    def add(self, row: Row) -> None: ...
    def close(self) -> None: ...


class Report:
    """Takes every row as it comes; keeps all if `keeps_all`, else those that failed, were skipped or have warnings."""

    def __init__(self, file: RowFile | None = None, *, keeps_all: bool = False) -> None:
        self.tally = Tally()
        self.warnings = 0
        self.rows: list[Row] = []
        self.left_out = 0
        self._file = file
        self._keeps_all = keeps_all

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def counts(self) -> Counter[str]:
        return self.tally.outcomes

    def add(self, row: Row) -> None:
        self.tally.add(row)
        self.warnings += len(row.warnings)
        if self._file is not None:
            self._file.add(row)
        if self._keeps_all or row.outcome in {"failed", "skipped"} or row.warnings:
            if len(self.rows) < MOST_KEPT:
                self.rows.append(row)
            else:
                self.left_out += 1

    @property
    def summary(self) -> str:
        """`577 imported, 1 skipped, 2 warnings`."""
        told = [f"{self.counts[name]} {name}" for name in ("imported", "updated", "unchanged", "skipped", "failed")]
        told = [part for part in told if not part.startswith("0 ")] or ["nothing to import"]
        return ", ".join([*told, f"{self.warnings} warnings"] if self.warnings else told)


def row_file(path: Path) -> RowFile:
    """A file for the rows: `.csv` or `.json`. Raises SourceRefused before anything is imported."""
    kinds: dict[str, type[CsvFile | JsonFile]] = {".csv": CsvFile, ".json": JsonFile}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise SourceRefused(f"The report '{path}' must end in .csv or .json.")
    try:
        return kind(path.open("w", encoding="utf-8", newline=""))
    except OSError as error:
        raise SourceRefused(f"The report '{path}' cannot be written: {error.strerror}.") from None


class CsvFile:
    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._csv = csv.writer(file)
        self._csv.writerow(COLUMNS)

    def add(self, row: Row) -> None:
        self._csv.writerow(csv_cells(row))

    def close(self) -> None:
        self._file.close()


class JsonFile:
    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._before = "[\n"

    def add(self, row: Row) -> None:
        self._file.write(self._before + json.dumps(asdict(row), ensure_ascii=False))
        self._before = ",\n"

    def close(self) -> None:
        self._file.write("[]\n" if self._before == "[\n" else "\n]\n")
        self._file.close()


def csv_cells(row: Row) -> list[str]:
    """A row of the report as a spreadsheet takes it, in the order of COLUMNS."""
    cells = {**asdict(row), "warnings": "; ".join(row.warnings)}
    return [_cell(str(cells[name])) for name in COLUMNS]


def _cell(text: str) -> str:
    """A spreadsheet must not take a file's name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
