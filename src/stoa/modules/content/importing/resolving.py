"""What the links and images of an item stand for: other items, images of the source, or nothing that is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .addresses import Addresses, divide_target, find_file, is_local
from .errors import ItemRefused
from .items import Picture
from .sources import PICTURES, is_image, is_markdown

_SHOWN = 120
_MOST_TARGETS = 5000


@dataclass(slots=True)
class Resolved:
    """By target as written: the new address of a link, the image of a picture; and what was left alone."""

    links: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class Resolver:
    """Knows all items and files of a source. `digest` reads an image and may raise ItemRefused."""

    def __init__(
        self,
        addresses: Addresses,
        *,
        exists: Callable[[str], bool],
        digest: Callable[[str], str],
        old_site: str | None = None,
    ) -> None:
        self._addresses = addresses
        self._exists = exists
        self._digest = digest
        self._old_site = old_site.rstrip("/") if old_site else None

    def resolve(self, targets: list[str], origin: str, slugs: Mapping[str, str]) -> Resolved:
        found = Resolved()
        for target in targets[:_MOST_TARGETS]:
            local = self._inside(target)
            if is_local(local):
                self._one(target, local, origin, slugs, found)
        return found

    def _inside(self, target: str) -> str:
        """A link to the address that the site had is a link inside."""
        if self._old_site and (target == self._old_site or target.startswith(f"{self._old_site}/")):
            return target[len(self._old_site) :]
        return target

    def _one(self, target: str, local: str, origin: str, slugs: Mapping[str, str], found: Resolved) -> None:
        path, fragment = divide_target(local)
        key = self._addresses.item(path, origin)
        if key is not None and key in slugs:
            found.links[target] = f"/articles/{slugs[key]}{fragment}"
        elif name := find_file(path, origin, self._exists):
            self._file(target, name, found)
        elif is_image(path):
            found.warnings.append(f"the image '{target[:_SHOWN]}' is not in the source")
        elif is_markdown(path):
            found.warnings.append(f"the link to '{target[:_SHOWN]}' leads to nothing in the source")

    def _file(self, target: str, name: str, found: Resolved) -> None:
        if not is_image(name):
            found.warnings.append(f"the file '{name}' is linked to and is not carried along: only images are")
        elif not name.lower().endswith(PICTURES):
            found.warnings.append(f"the image '{name}' is not taken: PNG, JPEG, WebP and GIF are")
        else:
            try:
                found.pictures[target] = Picture(name, self._digest(name))
            except ItemRefused as error:
                found.warnings.append(f"the image '{name}' is not taken: {error.detail}")
