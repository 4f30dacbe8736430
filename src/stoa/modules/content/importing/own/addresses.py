"""Addresses in an export: of pictures in its texts, and those that articles had. Pure."""

import re

from stoa.shared.media.names import addresses_in

_MOST = 5000
_LONGEST_PATH = 1024  # bytes; a path is part of an index
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[^/\\\x00-\x1f\x7f]+)+")


def picture_addresses(body: str, cover: str | None) -> list[str]:
    """Those of our own pictures that the text or the cover shows, each once."""
    return list(dict.fromkeys((*addresses_in(body), *addresses_in(cover or ""))))[:_MOST]


def former_path(value: str) -> str | None:
    """A path as an article keeps it, decoded already; None where it cannot be one."""
    return value if len(value.encode()) <= _LONGEST_PATH and _PATH.fullmatch(value) else None
