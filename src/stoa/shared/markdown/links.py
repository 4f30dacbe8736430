"""Where links and images point: rewriting by the importer, what counts as outside, and which schemes exist at all."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
OUTWARD_REL = "noopener noreferrer"
COMMENT_REL = "nofollow ugc noopener noreferrer"

_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]")


def scheme_of(url: str) -> str:
    """The scheme as a browser sees it, lower-case; empty for a relative address."""
    visible = _IGNORED_BY_BROWSERS.sub("", url)
    scheme, colon, _rest = re.split(r"[/?#]", visible, maxsplit=1)[0].partition(":")
    return scheme.lower() if colon else ""


def is_https_or_relative(url: str) -> bool:
    return scheme_of(url) in {"", "https"}


class Links:
    """The rules for destinations in one document; `rewrite` needs only what the document can hold."""

    def __init__(self, rewrite: Mapping[str, str] | None, *, are_from_readers: bool) -> None:
        self._rewrite = rewrite or {}
        self._are_from_readers = are_from_readers

    def destination(self, url: str) -> str:
        """Where `url` leads, looked up as it is and as it was before the parser escaped it."""
        if not self._rewrite:
            return url
        target = self._rewrite.get(url) or self._rewrite.get(unquote(url))
        return target if target and scheme_of(target) in SCHEMES | {""} else url

    def rel(self, url: str) -> str | None:
        """What the `rel` of a link to `url` must say, if anything."""
        if self._are_from_readers:
            return COMMENT_REL
        return OUTWARD_REL if _OUTSIDE.match(self.destination(url)) else None
