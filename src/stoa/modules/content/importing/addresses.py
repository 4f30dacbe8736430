"""Where a link inside a source leads: to which item or file, whichever way its site wrote addresses. Pure."""

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from .sources import MARKDOWN

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:|^//")
_PAGE_ROOTS = ("", "content/", "source/", "_posts/", "source/_posts/", "src/")
_FILE_ROOTS = ("", "static/", "source/", "content/", "assets/", "public/")


def is_local(target: str) -> bool:
    """Whether a target may lead to something inside the source."""
    return bool(target) and not target.startswith("#") and not _SCHEME.match(target)


def divide_target(target: str) -> tuple[str, str]:
    """`a/b.md?x#part` -> (`a/b.md`, `#part`), decoded but for the fragment."""
    before, hash_sign, fragment = target.partition("#")
    return unquote(before.partition("?")[0]), (hash_sign + fragment if fragment else "")


class Addresses:
    """Learns the items of a source in the first pass, then finds them by any way to write their address."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._by_path: dict[str, str] = {}
        self._by_name: dict[str, str | None] = {}

    def add(self, key: str, paths: tuple[str, ...]) -> None:
        """Learn an item and the paths it had. A path that another item had first stays with that one."""
        self._keys.add(key)
        name = posixpath.basename(key)
        if not name.lower().startswith(("index.", "readme.")):
            self._by_name[name] = None if name in self._by_name else key
        for path in paths:
            self._by_path.setdefault(path, key)

    def owns(self, key: str, path: str) -> bool:
        return self._by_path.get(path, key) == key

    def item(self, path: str, origin: str) -> str | None:
        """The key of the item that `path`, written in the item `origin`, leads to."""
        for place in _places(path, origin):
            for root in _PAGE_ROOTS if path.startswith(("/", "@")) else ("",):
                if key := self._at(root + place):
                    return key
            if key := self._by_path.get("/" + place.removesuffix(".html").rstrip("/")) or self._by_path.get(
                "/" + place
            ):
                return key
        return self._by_name.get(path) if "/" not in path else None

    def _at(self, place: str) -> str | None:
        if place in self._keys:
            return place
        bare = re.sub(r"\.html?$", "", place.rstrip("/")).removesuffix("/index")
        for suffix in MARKDOWN[:2]:
            for name in (f"{bare}{suffix}", f"{bare}/index{suffix}"):
                if name in self._keys:
                    return name
        return None


def find_file(path: str, origin: str, exists: Callable[[str], bool]) -> str | None:
    """The name of the file that `path`, written in the item `origin`, means."""
    for place in _places(path, origin):
        for root in _FILE_ROOTS if path.startswith("/") else ("",):
            written = root + place
            for name in (written, unicodedata.normalize("NFC", written), unicodedata.normalize("NFD", written)):
                if exists(name):
                    return name
    return None


def _places(path: str, origin: str) -> Iterator[str]:
    """Paths from the root that may be meant: beside the file, then as seen from the page's own address."""
    if path.startswith("@/"):
        yield from _inside(f"content/{path[2:]}")
    elif path.startswith("/"):
        yield from _inside(path.lstrip("/"))
    elif path:
        yield from _inside(posixpath.join(posixpath.dirname(origin), path))
        yield from _inside(posixpath.join(posixpath.splitext(origin)[0], path))


def _inside(path: str) -> Iterator[str]:
    place = posixpath.normpath(path)
    if place not in {".", ".."} and not place.startswith(("../", "/")):
        yield place
