"""Where pictures are kept: what every store promises. Blocks, but for `open`: call it in a thread."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import structlog

from stoa.shared.errors import Unavailable

from .images import EncodedImage, StoredImage

log = structlog.get_logger("stoa.media")

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A name is the name of these bytes: nobody need ask again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture to be sent: a file, or its bytes piece by piece."""

    size: int
    path: Path | None = None
    pieces: AsyncIterator[bytes] | None = None


class MediaStore(Protocol):
    """Raises Unavailable when it does not answer, NoRoom when it is full; what was asked for then did not happen."""

    @property
    def public_url(self) -> str | None:
        """Where browsers may fetch the pictures themselves, without a slash at the end."""

    def keep(self, image: EncodedImage) -> StoredImage:
        """Keep an image with all its forms; it is safe when this answers. Keeping one twice keeps one."""

    def read(self, url: str) -> bytes | None:
        """The bytes behind an address that begins with `/media/`."""

    def remove(self, url: str) -> None:
        """Forget an image by its address, with all its forms; one that is not there is no fault."""

    def has(self, name: str) -> bool:
        """Whether there is a picture of that name."""

    async def open(self, name: str) -> Opened | None:
        """A picture to be sent."""

    def check(self) -> str:
        """Keep, read and forget a few bytes; answers in a line where pictures are kept."""


def remove_afterwards(store: MediaStore, url: str) -> None:
    """Forget an image that nobody shows any more. What was done before cannot be undone: a store that is away leaves it
    behind, and the log says which.
    """
    try:
        store.remove(url)
    except (Unavailable, OSError) as error:
        log.warning("picture left behind", picture=url, error=type(error).__name__)
