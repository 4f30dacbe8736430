"""Rows put aside on disk during the first pass, each found again by its number. The file ends with the import."""

import json
import tempfile
from types import TracebackType
from typing import Any, Self


class Spool:
    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="stoa-import-")  # noqa: SIM115 # closed by __exit__
        self._places: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, row: dict[str, Any]) -> int:
        """Put a row aside; answers its number."""
        written = json.dumps(row).encode()
        self._places.append((self._file.seek(0, 2), len(written)))
        self._file.write(written)
        return len(self._places) - 1

    def get(self, number: int) -> dict[str, Any]:
        start, size = self._places[number]
        self._file.seek(start)
        row: dict[str, Any] = json.loads(self._file.read(size))
        return row

    def size(self, number: int) -> int:
        return self._places[number][1]
