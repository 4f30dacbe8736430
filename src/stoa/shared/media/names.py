"""What the address of a picture says: how large it is, and which smaller forms of it there are. Pure.

`/media/ab/<hash>-<W>x<H>.jpg` is the largest form, `….w480.jpg` the one of 480 pixels' width; `-animated` has none.
Addresses without a size are faces and pictures of former days. No other file knows how names are made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

WIDTHS: Final = (480, 960, 1600)
"""Smaller forms are as wide as these, where the picture is wider: a phone, two columns or a sharp phone, a desk."""

PREFIX: Final = "/media/"
TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}

_SIZE = r"-(?P<width>[1-9]\d{0,4})x(?P<height>[1-9]\d{0,4})(?P<animated>-animated)?"
_NAME = rf"[0-9a-f]{{2}}/[0-9a-f]{{8,64}}(?:{_SIZE})?(?:\.w(?P<form>\d{{3,4}}))?\.(?P<kind>png|jpg|webp|gif)"
_ADDRESS = re.compile(rf"(?a){PREFIX}(?P<name>{_NAME})")


@dataclass(frozen=True, slots=True)
class MediaName:
    """A name taken apart. `form` is the width of a smaller form; `width` and `height` are those of the largest."""

    text: str
    kind: str
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    form: int | None = None

    @property
    def type(self) -> str:
        return TYPES[self.kind]

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the smaller forms."""
        return () if self.width is None or self.is_animated else widths_below(self.width)

    @property
    def largest(self) -> str:
        """The name of the largest form."""
        return self.text if self.form is None else self.text.replace(f".w{self.form}.", ".")

    @property
    def forms(self) -> tuple[str, ...]:
        """The names of the smaller forms of the largest one, the smallest first."""
        stem = self.largest.removesuffix(f".{self.kind}")
        return tuple(f"{stem}.w{width}.{self.kind}" for width in self.widths)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of this form, in pixels."""
        if self.width is None or self.height is None:
            return None
        return (self.width, self.height) if self.form is None else scaled(self.width, self.height, self.form)


def parse_name(name: str) -> MediaName | None:
    """A name such as `ab/cdef…-640x480.jpg`, taken apart; None for all else."""
    return parse_address(PREFIX + name)


def parse_address(url: str) -> MediaName | None:
    """An address that begins with `/media/`, taken apart; None for all else."""
    found = _ADDRESS.fullmatch(url)
    return _read(found) if found else None


def is_address(url: str) -> bool:
    """Whether this can be the address of a picture of ours."""
    return parse_address(url) is not None


def addresses_in(text: str) -> Iterator[str]:
    """The addresses of the pictures that a text shows, each of the largest form."""
    for found in _ADDRESS.finditer(text):
        if (name := _read(found)) is not None:
            yield PREFIX + name.largest


def make_name(digest: str, width: int, height: int, kind: str, *, is_animated: bool = False) -> str:
    """The name of a picture's largest form, whose bytes have this digest (in hex)."""
    return f"{digest[:2]}/{digest[2:]}-{width}x{height}{'-animated' if is_animated else ''}.{kind}"


def srcset(url: str) -> str:
    """What `srcset` says of a picture of ours; empty where there is but one form."""
    name = parse_address(url)
    if name is None or name.form is not None or not name.widths:
        return ""
    smaller = [f"{PREFIX}{form} {width}w" for form, width in zip(name.forms, name.widths, strict=True)]
    return ", ".join([*smaller, f"{url} {name.width}w"])


def size_of(url: str) -> tuple[int, int] | None:
    """Width and height in pixels, where the address tells."""
    name = parse_address(url)
    return name.size if name else None


def widths_below(width: int) -> tuple[int, ...]:
    return tuple(smaller for smaller in WIDTHS if smaller < width)


def scaled(width: int, height: int, to_width: int) -> tuple[int, int]:
    """The size of a smaller form."""
    return to_width, max(1, round(height * to_width / width))


def _read(found: re.Match[str]) -> MediaName | None:
    kind, form = found["kind"], found["form"]
    if found["width"] is None:
        return None if form else MediaName(found["name"], kind)
    name = MediaName(
        found["name"], kind, int(found["width"]), int(found["height"]), bool(found["animated"]), int(form or 0) or None
    )
    return name if name.form is None or name.form in name.widths else None
