"""Reads the tables of a Ghost export in pieces, row by row. Never holds more than one row."""

import re
from collections.abc import Callable, Iterator
from typing import IO, Any

import ijson

from stoa.modules.content.importing.errors import SourceRefused

LONGEST_VALUE = 10 * 1024 * 1024
_VERSION = re.compile(r"00[3-9]|[0-6](?:\.\d{1,4}){0,3}(?:[-+][\w.]{1,40})?")
_PLACE = re.compile(r"(?:db\.item\.)?data\.(\w+)\.item(?:\.(\w+))?")
_SCALARS = {"string", "number", "boolean", "null"}
_BACKSLASH = 0x5C
_DEEPEST = 100
_LONGEST_NAME = 200
_MOST_FIELDS = 200
_LARGEST_ROW = 3 * LONGEST_VALUE
Row = dict[str, Any]


class Tables:
    """`take` gets each row with the name of its table; `wanted` are the tables worth the work."""

    def __init__(self, file: IO[bytes], wanted: set[str], take: Callable[[str, Row], None]) -> None:
        self._file = file
        self._wanted = wanted
        self._take = take
        self.version: str | None = None
        self.seen: set[str] = set()

    def read(self) -> None:
        """Raises SourceRefused."""
        try:
            self._read()
        except ijson.JSONError as error:
            reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else "it ends too early"
            raise SourceRefused(f"The JSON is broken: {reason}. Export the site again.") from None
        except UnicodeDecodeError:
            raise SourceRefused("The JSON is not UTF-8 text. Export the site again.") from None
        if self.version is None or "posts" not in self.seen:
            raise SourceRefused(
                "The JSON is no export of Ghost: it needs a meta with the version, and data with posts."
            )

    def _read(self) -> None:
        row: Row | None = None
        table, size = "", 0
        for prefix, event, value in _events(self._file):
            if event in _SCALARS and row is not None and prefix.startswith(table):
                name = prefix[len(table) + 1 :]
                size += len(name) + (len(value) if isinstance(value, str) else 0)
                if "." not in name and len(row) < _MOST_FIELDS and size <= _LARGEST_ROW:
                    row[name] = value
            elif event == "start_map" and row is None and (found := _PLACE.fullmatch(prefix)) and not found[2]:
                self.seen.add(found[1])
                if found[1] in self._wanted:
                    row, table, size = {}, prefix, 0
            elif event == "end_map" and row is not None and prefix == table:
                self._take(table.split(".")[-2], row)
                row = None
            elif event == "start_array" and (name := prefix.rpartition("data.")[2]) and "." not in name:
                self.seen.add(name)
            elif event in {"string", "number"} and prefix in {"meta.version", "db.item.meta.version"}:
                self._check_version(str(value))

    def _check_version(self, version: str) -> None:
        if not _VERSION.fullmatch(version):
            raise SourceRefused(f"The export is of Ghost version '{version[:40]}'; 003 and 0 to 6 can be read.")
        self.version = version


def _events(file: IO[bytes]) -> Iterator[tuple[str, str, Any]]:
    """As `ijson.parse`, which makes gigabytes of prefixes for what is nested deep; numbers are those a machine has."""
    path: list[str] = []
    for event, value in ijson.basic_parse(_Watched(file), buf_size=65536, use_float=True):
        if event == "map_key":
            path[-1] = value[:_LONGEST_NAME]
        elif event in {"end_map", "end_array"}:
            path.pop()
            yield ".".join(path), event, value
        else:
            yield ".".join(path), event, value
            if event in {"start_map", "start_array"}:
                path.append("item" if event == "start_array" else "")
                if len(path) > _DEEPEST:
                    raise SourceRefused(
                        f"The JSON is nested more than {_DEEPEST} levels deep: it is no export of Ghost."
                    )


class _Watched:
    """A file that refuses a single value of more than 10 MB before it is held."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._since_quote = 0
        self._last = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        place = data.rfind(b'"')
        while place >= 0 and (data[place - 1] if place else self._last) == _BACKSLASH:  # a quote inside a text
            place = data.rfind(b'"', 0, place)
        self._last = data[-1] if data else 0
        self._since_quote = len(data) - place if place >= 0 else self._since_quote + len(data)
        if self._since_quote > LONGEST_VALUE:
            raise SourceRefused("The JSON holds a value of more than 10 MB. That is no export of Ghost.")
        return data
