"""Where links of an export lead: to which of its items, by path or by number, or to a picture that lies beside it."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

from .items import Picture
from .resolving import Resolved
from .sources import is_image
from .values import path_of

_MOST_TARGETS = 5000
_NUMBERS = ("p", "page_id", "attachment_id")


class WebLinks:
    """Learns the items of a site in the first pass. `sites` are the addresses it had."""

    def __init__(self, picture: Callable[[str], Picture | None], *, shown: str = "articles") -> None:
        self._picture = picture
        self._shown = shown
        self._hosts: set[str] = set()
        self._bases: list[str] = []
        self._by_path: dict[str, str] = {}
        self._by_number: dict[str, str] = {}

    def at(self, site: str | None) -> None:
        """The site was at this address."""
        parts = _split(site or "")
        if parts and parts.hostname:
            self._hosts.add(parts.hostname.removeprefix("www."))
            self._bases.append(parts.path.rstrip("/"))

    def add(self, key: str, paths: Iterable[str], number: str = "") -> None:
        """A path that another item had first stays with that one."""
        for path in paths:
            self._by_path.setdefault(path.lower(), key)
        if number:
            self._by_number.setdefault(number, key)

    def owns(self, key: str, path: str) -> bool:
        return self._by_path.get(path.lower(), key) == key

    def resolve(self, targets: Iterable[str], origin: str, slugs: Mapping[str, str]) -> Resolved:
        """`origin` is the path of the item they are written in."""
        found = Resolved()
        for target in list(dict.fromkeys(targets))[:_MOST_TARGETS]:
            self._one(target, origin, slugs, found)
        return found

    def _one(self, target: str, origin: str, slugs: Mapping[str, str], found: Resolved) -> None:
        parts = _split(target)
        if parts is None or target.startswith("#") or parts.scheme not in {"", "http", "https"}:
            return
        if picture := self._picture(target):
            found.pictures[target] = picture
        elif not parts.hostname or parts.hostname.removeprefix("www.") in self._hosts:
            key = self._item(target, origin)
            if key in slugs:
                fragment = f"#{parts.fragment}" if parts.fragment else ""
                found.links[target] = f"/{self._shown}/{slugs[key]}{fragment}"
            elif not parts.hostname and is_image(parts.path):
                found.warnings.append(f"the image '{target[:120]}' is not in the source")

    def _item(self, target: str, origin: str) -> str:
        """The key, or nothing. A relative link is seen from the item's own address."""
        parts = _split(target)
        if parts is None:
            return ""
        asked = parse_qs(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else {}
        for name in _NUMBERS:
            if (number := asked.get(name, [""])[0]) in self._by_number:
                return self._by_number[number]
        path = parts.path if parts.hostname else urljoin(f"{origin}/", parts.path)
        clean = path_of(path)
        return self._by_path.get(clean.lower(), "") if clean else ""


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address.strip())
        parts.port  # noqa: B018 # a port that is none shows only here
    except ValueError:
        return None
    return parts
