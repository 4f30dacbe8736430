"""Values of front matter made safe to keep: one-line texts, lists of names, yes or no, addresses."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

_YES = {"true", "yes", "on", "1", "y"}
_NO = {"false", "no", "off", "0", "n"}
_NOTHING = {"~", "null"}
_MOST_NAMES = 20
_LONGEST_NAME = 80
_LONGEST_ADDRESS = 1000
_LONGEST_PATH = 1024  # bytes; a path is part of an index


def line_of(value: object, longest: int) -> str | None:
    """As `exact_line_of`; what others write for nothing, such as `null`, is nothing."""
    text = exact_line_of(value, longest)
    return None if text is None or text.lower() in _NOTHING else text


def exact_line_of(value: object, longest: int) -> str | None:
    """One line of at most `longest` characters, without control characters; None when nothing is left."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in str(value)[: 4 * longest])
    text = unicodedata.normalize("NFC", " ".join(plain.split()))
    if not text:
        return None
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def truth_of(value: object) -> bool | None:
    """Yes or no, or None when the value says neither."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in _YES else False if word in _NO else None


def names_of(value: object, *, divide_at_spaces: bool = False) -> tuple[str, ...]:
    """Names from a list, a nested list, or a text divided by commas; each once, at most 20."""
    found: dict[str, str] = {}
    for text in _texts(value, depth=3):
        for part in _parts(text, divide_at_spaces=divide_at_spaces):
            name = line_of(part.strip().removeprefix("#"), _LONGEST_NAME)
            if name:
                found.setdefault(name.casefold(), name)
            if len(found) >= _MOST_NAMES:
                return tuple(found.values())
    return tuple(found.values())


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict) and depth:
        yield from _texts(value.get("name") or value.get("title"), 0)
    elif isinstance(value, list) and depth:
        for item in value[:200]:
            yield from _texts(item, depth - 1)


def _parts(text: str, *, divide_at_spaces: bool) -> list[str]:
    if "," in text:
        return text.split(",")
    return text.split() if divide_at_spaces else [text]


def path_of(value: object) -> str | None:
    """The decoded path of an address, with a leading and no trailing slash; None for a template or nonsense."""
    text = line_of(value, _LONGEST_ADDRESS)
    if text is None or len(text) == _LONGEST_ADDRESS or (":" in text and "://" not in text):
        return None
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:
        return None
    if re.search(r"[\x00-\x1f\x7f\\:]", path):
        return None
    parts = [part for part in path.split("/") if part]
    if not parts or any(part in {".", ".."} for part in parts):
        return None
    path = "/" + "/".join(parts)
    return path if len(path.encode()) <= _LONGEST_PATH else None


def web_address_of(value: object) -> str | None:
    """An http or https address, or None."""
    text = line_of(value, _LONGEST_ADDRESS + 1)
    if text is None or len(text) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname and " " not in text else None


def first(fields: dict[str, Any], *names: str) -> Any:
    """The first of these fields that holds something."""
    for name in names:
        value = fields.get(name)
        if value not in (None, "", [], {}):
            return value
    return None
