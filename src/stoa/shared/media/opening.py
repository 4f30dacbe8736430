"""Opens what claims to be a picture: by its first bytes alone, and never one with more pixels than allowed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from stoa.shared.errors import TooLarge

from .images import LARGEST_UPLOAD, MOST_PIXELS, UnreadableImage

_READERS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"\xff\xd8\xff", JpegImageFile),
    (b"GIF87a", GifImageFile),
    (b"GIF89a", GifImageFile),
    (b"RIFF", WebPImageFile),
)
_OTHERS = (
    (b"ftyp", 4, "The image is HEIC or AVIF, which browsers and we do not all read: save it as JPEG."),
    (b"<svg", 0, "SVG is no picture but a program: save it as PNG."),
    (b"<?xml", 0, "SVG is no picture but a program: save it as PNG."),
)


@contextmanager
def opened(content: bytes) -> Iterator[ImageFile]:
    """The picture; what goes wrong with it inside the block is the picture's fault: UnreadableImage or TooLarge."""
    check_length(len(content))
    try:
        with _reader_of(content) as image:
            _check_size(*image.size)
            yield image
    except (UnreadableImage, TooLarge, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 # decoders answer damaged files with errors of every kind
        raise UnreadableImage(f"The image is damaged: {str(error)[:120] or type(error).__name__}.") from None


def check_length(length: int) -> None:
    if length > LARGEST_UPLOAD:
        raise TooLarge(f"The image is larger than {LARGEST_UPLOAD // 1024 // 1024} MB.")


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise TooLarge(f"The image has {width} x {height} pixels; {MOST_PIXELS // 1_000_000} million are allowed.")


def _reader_of(content: bytes) -> ImageFile:
    """The reader by the file's first bytes; going past Pillow's own choice keeps its other formats out."""
    for signature, reader in _READERS:
        if content.startswith(signature):
            return reader(io.BytesIO(content))
    start = content[:64].lstrip().lower()
    for signature, place, words in _OTHERS:
        if start[place:].startswith(signature):
            raise UnreadableImage(words)
    raise UnreadableImage("The file is no PNG, JPEG, WebP or GIF image.")
