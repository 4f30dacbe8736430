"""Which version of a thing a caller has read, as `If-Match` says it. Pure."""

import re
from dataclasses import dataclass
from typing import Self

from stoa.shared.errors import MalformedInput

_TAG = r'(?:W/)?"(?P<tag>[^"]*)"'
_ONE = re.compile(_TAG)
_LIST = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')
_VERSION = re.compile(r"([0-9]{1,9})(?:-|\Z)")


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions a caller would replace; None is whichever is there."""

    versions: frozenset[int] | None

    @classmethod
    def parse(cls, header: str) -> Self:
        """From `*` or entity tags: `"3-5f0c"`, also weak, also several. What is no tag of ours matches nothing."""
        if header.strip() == "*":
            return cls(None)
        if not _LIST.fullmatch(header):
            raise MalformedInput('If-Match takes the ETag of an answer, such as "3-5f0c2d" with its quotes, or *.')
        tags = [_VERSION.match(found["tag"]) for found in _ONE.finditer(header)]
        return cls(frozenset(int(tag[1]) for tag in tags if tag))

    @classmethod
    def exactly(cls, version: int) -> Self:
        return cls(frozenset({version}))

    def admits(self, version: int) -> bool:
        return self.versions is None or version in self.versions
