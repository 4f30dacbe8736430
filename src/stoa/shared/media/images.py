"""What comes in, what is kept and what is refused, for everything about pictures. Plain data, picklable."""

from dataclasses import dataclass
from typing import Final, Protocol

from stoa.shared.errors import InvalidInput, Unavailable

from .names import PREFIX

LARGEST_UPLOAD: Final = 20 * 1024 * 1024
MOST_PIXELS: Final = 24_000_000
MOST_ANIMATED_PIXELS: Final = 150_000_000
LONGEST_SIDE: Final = 2560


class UnreadableImage(InvalidInput):
    title = "The image cannot be used"


class NoRoom(Unavailable):
    status = 507
    code = "no-room"
    title = "There is no room left"


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image as pages refer to it; `url` begins with `/media/` and never changes its contents."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An image ready to be kept: its largest form, and the smaller ones by name."""

    content: bytes
    name: str
    width: int
    height: int
    smaller: tuple[tuple[str, bytes], ...] = ()

    @property
    def stored(self) -> StoredImage:
        return StoredImage(PREFIX + self.name, self.width, self.height)
