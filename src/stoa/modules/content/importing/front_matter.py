"""Divides a Markdown text into front matter and body. Knows the formats (YAML, TOML, JSON), not what the fields mean.

The text is anybody's: size, depth and aliases are bounded before a parser builds anything (a deep enough YAML ends
the process inside libyaml). YAML values stay the words that were written, so that `title: 1984` or `Yes` is no number
and no truth.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

from .errors import BrokenFrontMatter

LARGEST = 65_536
_DEEPEST = 20
_MOST_EVENTS = 20_000
_MOST_ALIASES = 8
_CLOSE = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_JSON_START = re.compile(r"\{\s*(?:\"|\})")
_SEMICOLONS = re.compile(r"^;;;[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"[A-Za-z_][\w -]{0,40}:(?:\s|$)")
_KNOWN_FIELD = re.compile(
    r"(?:title|date|tags|categories|layout|slug|permalink|author|draft|published|updated|description)\s*:"
)
_DOTTED_KEY = re.compile(r"(?:[\w\"'-]{1,40}[ \t]*+\.[ \t]*+){30}")  # tomllib is quadratic in their parts


@dataclass(frozen=True, slots=True)
class Divided:
    """Fields as written (empty without front matter) and the body after them."""

    fields: dict[str, Any]
    body: str


def divide(text: str) -> Divided:
    """Divide a text with plain line feeds. Raises BrokenFrontMatter for front matter that cannot be read."""
    try:
        return _divide(text)
    except RecursionError:
        raise BrokenFrontMatter(f"The front matter is nested more than {_DEEPEST} levels deep.") from None


def _divide(text: str) -> Divided:
    first_line, _, rest = text.partition("\n")
    fence = first_line.rstrip()
    if fence in _CLOSE:
        return _fenced(text, fence, rest)
    if _JSON_START.match(text):
        return _json_object(text)
    if fence.startswith('"') and (close := _SEMICOLONS.search(text[:LARGEST])):
        return Divided(_json_fields("{" + text[: close.start()] + "}"), _after(text, close.end()))
    if _KNOWN_FIELD.match(fence) and (close := _CLOSE["---"].search(text[:LARGEST])):
        return Divided(_yaml_fields(text[: close.start()]), _after(text, close.end()))
    return Divided({}, text)


def _fenced(text: str, fence: str, rest: str) -> Divided:
    close = _CLOSE[fence].search(rest[:LARGEST])
    if close is None:
        if fence == "---" and not _FIELD.match(rest):
            return Divided({}, text)  # a rule across the page, not front matter
        raise BrokenFrontMatter(f"The front matter begins with {fence} and has no line {fence} in its first 64 KB.")
    written = rest[: close.start()]
    fields = _yaml_fields(written) if fence == "---" else _toml_fields(written)
    return Divided(fields, _after(rest, close.end()))


def _after(text: str, end: int) -> str:
    return text[end:].removeprefix("\n")


class _Words(yaml.CSafeLoader):
    """The safe loader, and every plain value is text: no numbers, no times, no merging of mappings."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 # as PyYAML declares it


def _yaml_fields(written: str) -> dict[str, Any]:
    try:
        _check_yaml(written)
        value = yaml.load(written, Loader=_Words)  # noqa: S506 # a subclass of the safe loader that does less
    except yaml.MarkedYAMLError as error:
        raise BrokenFrontMatter(f"The YAML front matter cannot be read: {_place(error)}.") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BrokenFrontMatter(f"The YAML front matter cannot be read: {reason}.") from None
    return _mapping(value, "YAML")


def _check_yaml(written: str) -> None:
    depth = aliases = 0
    for number, event in enumerate(yaml.parse(written, Loader=yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _DEEPEST:
            raise BrokenFrontMatter(f"The front matter is nested more than {_DEEPEST} levels deep.")
        if aliases > _MOST_ALIASES:
            raise BrokenFrontMatter(f"The front matter has more than {_MOST_ALIASES} YAML aliases (*name).")
        if number > _MOST_EVENTS:
            raise BrokenFrontMatter("The front matter has more than 10,000 values.")


def _place(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or error.context or "it is not YAML"
    mark = error.problem_mark or error.context_mark
    return f"{problem}, line {mark.line + 2}" if mark else str(problem)


def _toml_fields(written: str) -> dict[str, Any]:
    if _DOTTED_KEY.search(written):
        raise BrokenFrontMatter("The TOML front matter has a name of more than 30 parts.")
    try:
        return tomllib.loads(written)
    except ValueError as error:
        raise BrokenFrontMatter(f"The TOML front matter cannot be read: {error}.") from None


def _json_object(text: str) -> Divided:
    head = text[:LARGEST]
    try:
        value, end = json.JSONDecoder().raw_decode(head)
    except ValueError as error:
        raise BrokenFrontMatter(f"The JSON front matter cannot be read: {error}.") from None
    return Divided(_mapping(value, "JSON"), text[end:].lstrip("\n"))


def _json_fields(written: str) -> dict[str, Any]:
    return _json_object(written).fields


def _mapping(value: object, kind: str) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise BrokenFrontMatter(f"The {kind} front matter must be names with values, like `title: My title`.")
    return {str(name): field for name, field in value.items()}
