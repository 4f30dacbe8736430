"""Reads a YAML list of flat mappings, event by event: nothing large is ever built. Anybody may have written it."""

from collections.abc import Iterator
from typing import Any

import yaml

from stoa.modules.content.importing.errors import SourceRefused

Mapping = dict[str, str | list[str]]
_MOST = 100_000
_Events = Iterator[Any]


def mappings(name: str, content: bytes) -> Iterator[Mapping]:
    """The mappings of names to texts or lists of texts. Raises SourceRefused for anything else."""
    try:
        yield from _mappings(yaml.parse(content, Loader=yaml.CSafeLoader), name)
    except (yaml.YAMLError, UnicodeDecodeError, StopIteration) as error:
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise SourceRefused(f"'{name}' cannot be read: {problem}.") from None


def _mappings(events: _Events, name: str) -> Iterator[Mapping]:
    for wanted in (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.SequenceStartEvent):
        _expect(next(events, None), wanted, name)
    for number, event in enumerate(events):
        if isinstance(event, yaml.SequenceEndEvent):
            return
        if number >= _MOST:
            raise SourceRefused(f"'{name}' holds more than {_MOST:,} entries.")
        _expect(event, yaml.MappingStartEvent, name)
        yield _mapping(events, name)


def _mapping(events: _Events, name: str) -> Mapping:
    found: Mapping = {}
    while True:
        key: Any = next(events, None)
        if isinstance(key, yaml.MappingEndEvent):
            return found
        _expect(key, yaml.ScalarEvent, name)
        value: Any = next(events, None)
        if isinstance(value, yaml.SequenceStartEvent):
            found[key.value] = _texts(events, name)
        else:
            _expect(value, yaml.ScalarEvent, name)
            found[key.value] = value.value


def _texts(events: _Events, name: str) -> list[str]:
    found: list[str] = []
    while True:
        event: Any = next(events, None)
        if isinstance(event, yaml.SequenceEndEvent):
            return found
        _expect(event, yaml.ScalarEvent, name)
        found.append(event.value)


def _expect(event: Any, wanted: type, name: str) -> None:
    if not isinstance(event, wanted) or getattr(event, "anchor", None):
        raise SourceRefused(f"'{name}' must be a list of names with values, as an export has it, without aliases.")
