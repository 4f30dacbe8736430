"""Images kept in a folder under the name of their contents. Whatever comes in is decoded and encoded anew.

So nothing but pixels survives: no metadata, no second file behind the first, no SVG. Blocks: call it in a thread.
"""

import hashlib
import io
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageCms, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from stoa.shared.errors import InvalidInput, TooLarge

LARGEST_UPLOAD = 20 * 1024 * 1024
MOST_PIXELS = 24_000_000
MOST_ANIMATED_PIXELS = 150_000_000
LONGEST_SIDE = 2560
_READERS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"\xff\xd8\xff", JpegImageFile),
    (b"GIF87a", GifImageFile),
    (b"GIF89a", GifImageFile),
    (b"RIFF", WebPImageFile),
)


class UnreadableImage(InvalidInput):
    title = "The image cannot be used"


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
    """An image ready to be kept."""

    content: bytes
    name: str
    width: int
    height: int

    @property
    def stored(self) -> StoredImage:
        return StoredImage(f"/media/{self.name}", self.width, self.height)


class MediaStore:
    """Images in `folder`, at `ab/cdef….webp`. Writing one twice keeps one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_image(self, stream: Readable) -> StoredImage:
        """Check, encode and keep an image; it is on the disk when this answers. Raises UnreadableImage, TooLarge."""
        return self.keep(encode_image(stream))

    def keep(self, image: EncodedImage) -> StoredImage:
        path = self._folder / image.name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, image.content)
        return image.stored

    def remove(self, url: str) -> None:
        """Forget an image by its address; one that is not there is no fault."""
        (self._folder / url.removeprefix("/media/")).unlink(missing_ok=True)


def encode_square(stream: Readable, side: int) -> EncodedImage:
    """The middle of an image as a WebP of `side` pixels. Raises UnreadableImage, TooLarge."""
    return _decoded(stream, lambda image, _: _square(image, side))


def encode_image(stream: Readable) -> EncodedImage:
    """A PNG, JPEG, WebP or GIF encoded anew, at most 2560 pixels long. Raises UnreadableImage, TooLarge."""
    return _decoded(stream, _encode)


def _decoded(stream: Readable, encode: Callable[[ImageFile, bytes], EncodedImage]) -> EncodedImage:
    content = stream.read(LARGEST_UPLOAD + 1)
    if len(content) > LARGEST_UPLOAD:
        raise TooLarge(f"The image is larger than {LARGEST_UPLOAD // 1024 // 1024} MB.")
    try:
        with _open(content) as image:
            _check_size(image)
            return encode(image, content)
    except (UnreadableImage, TooLarge):
        raise
    except Exception as error:  # noqa: BLE001 # decoders answer damaged files with errors of every kind
        raise UnreadableImage(f"The image is damaged: {str(error)[:120] or type(error).__name__}.") from None


def _check_size(image: ImageFile) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise TooLarge(f"The image has {width} x {height} pixels; {MOST_PIXELS // 1_000_000} million are allowed.")


def _encode(image: ImageFile, content: bytes) -> EncodedImage:
    frames = int(getattr(image, "n_frames", 1))
    width, height = image.size
    if frames == 1:
        return _still(image, lossless=content[12:16] == b"VP8L")
    if width * height * frames > MOST_ANIMATED_PIXELS:
        raise TooLarge(f"The animation has {frames} frames of {width} x {height} pixels: make it shorter or smaller.")
    return _animation(image, frames)


def _square(image: ImageFile, side: int) -> EncodedImage:
    if isinstance(image, JpegImageFile):
        image.draft(None, (side, side))
    ImageOps.exif_transpose(image, in_place=True)
    upright = _in_srgb(image)
    mode = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
    cut = ImageOps.fit(upright.convert(mode), (side, side))
    cut.info = {}
    out = io.BytesIO()
    cut.save(out, "WEBP", quality=86, method=4)
    return _named(out.getvalue(), "WEBP", cut.size)


def _open(content: bytes) -> ImageFile:
    """The reader by the file's first bytes; going past Pillow's own choice keeps its other formats out."""
    for signature, reader in _READERS:
        if content.startswith(signature):
            return reader(io.BytesIO(content))
    raise UnreadableImage("The file is no PNG, JPEG, WebP or GIF image.")


def _still(image: ImageFile, *, lossless: bool) -> EncodedImage:
    if isinstance(image, JpegImageFile):
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    kind = {"JPEG": "JPEG", "WEBP": "WEBP"}.get(image.format or "", "PNG")
    ImageOps.exif_transpose(image, in_place=True)
    clean = _only_pixels(_in_srgb(image), kind)
    out = io.BytesIO()
    if kind == "JPEG":
        clean.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    elif kind == "WEBP":
        clean.save(out, "WEBP", quality=86, method=4, lossless=lossless)
    else:
        clean.save(out, "PNG")
    return _named(out.getvalue(), kind, clean.size)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as every screen shows them, since the profile that explained them is dropped."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        mode = "RGB" if image.mode == "CMYK" else image.mode
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image


def _only_pixels(image: Image.Image, kind: str) -> Image.Image:
    """Not too long, in a mode that the format knows, and without what was written beside the pixels."""
    if kind == "JPEG" and image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    if max(image.size) > LONGEST_SIDE:
        if image.mode in {"P", "1"}:
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        scale = LONGEST_SIDE / max(image.size)
        image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    else:
        image = image.copy()
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return image


def _animation(image: ImageFile, frames: int) -> EncodedImage:
    durations = []
    for number in range(frames):
        image.seek(number)
        durations.append(int(image.info.get("duration") or 100))
    image.seek(0)
    nothing: dict[str, Any] = {"exif": b"", "xmp": b"", "icc_profile": None}
    out = io.BytesIO()
    loop = int(image.info.get("loop", 1))
    image.save(out, "WEBP", save_all=True, duration=durations, loop=loop, quality=80, method=2, **nothing)
    return _named(out.getvalue(), "WEBP", image.size)


def _named(content: bytes, kind: str, size: tuple[int, int]) -> EncodedImage:
    digest = hashlib.sha256(content).hexdigest()[:40]
    suffix = {"JPEG": "jpg", "WEBP": "webp", "PNG": "png"}[kind]
    return EncodedImage(content, f"{digest[:2]}/{digest[2:]}.{suffix}", *size)


def _write_whole(path: Path, content: bytes) -> None:
    """After a crash the file is there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
