"""Decodes a picture and encodes it anew, so that nothing but pixels survives: no metadata, no second file behind it.

Blocks, and trusts no decoder: it runs in the pool's processes only.
"""

import hashlib
import io
from typing import Any

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from stoa.shared.errors import TooLarge

from .colours import in_srgb, without_depth
from .images import LONGEST_SIDE, MOST_ANIMATED_PIXELS, EncodedImage
from .names import make_name, parse_name, scaled
from .opening import opened

_SUFFIX = {"JPEG": "jpg", "WEBP": "webp", "PNG": "png"}
HASH_LENGTH = 40


def encode_image(content: bytes) -> EncodedImage:
    """A PNG, JPEG, WebP or GIF encoded anew, at most 2560 pixels long, with its smaller forms.

    Of a photo (JPEG) the smaller of JPEG and WebP is kept. Raises UnreadableImage, TooLarge.
    """
    with opened(content) as image:
        frames = int(getattr(image, "n_frames", 1))
        if frames > 1:
            return _animation(image, frames)
        return with_smaller(*_still(image, lossless=content[12:16] == b"VP8L"))


def encode_square(content: bytes, side: int) -> EncodedImage:
    """The middle of an image as a WebP of `side` pixels. Raises UnreadableImage, TooLarge.

    Its name says no size: so it is never that of a picture in a text, and may be removed with the face it shows.
    """
    with opened(content) as image:
        if isinstance(image, JpegImageFile):
            image.draft(None, (side, side))
        _stand_up(image)
        upright = in_srgb(without_depth(image))
        mode = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
        cut = ImageOps.fit(upright.convert(mode), (side, side))
        cut.info = {}
        made = _saved(cut, "WEBP", lossless=False)
        digest = _digest(made)
        return EncodedImage(made, f"{digest[:2]}/{digest[2:]}.webp", *cut.size)


def with_smaller(content: bytes, kind: str) -> EncodedImage:
    """A largest form with all the smaller ones, which follow from its bytes alone: they are the same on every site."""
    with opened(content) as image:
        image.load()
        text = make_name(_digest(content), *image.size, _SUFFIX[kind])
        name = parse_name(text)
        assert name is not None  # noqa: S101 # we made it a line above
        smaller = tuple(
            (form, _smaller(image, width, kind, lossless=content[12:16] == b"VP8L"))
            for form, width in zip(name.forms, name.widths, strict=True)
        )
        return EncodedImage(content, text, *image.size, smaller)


def _still(image: ImageFile, *, lossless: bool) -> tuple[bytes, str]:
    if isinstance(image, JpegImageFile):
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    kind = {"JPEG": "JPEG", "WEBP": "WEBP"}.get(image.format or "", "PNG")
    _stand_up(image)
    pixels = _only_pixels(in_srgb(without_depth(image)), kind)
    made = _saved(pixels, kind, lossless=lossless)
    if kind != "JPEG":
        return made, kind
    other = _saved(pixels, "WEBP", lossless=False)  # mostly smaller by half; with the grain of a poor light it is not
    return (made, kind) if len(made) <= len(other) else (other, "WEBP")


def _stand_up(image: ImageFile) -> None:
    """Turn the pixels as the metadata says; where that cannot be read they stay as they are."""
    image.load()
    try:
        image.getexif()
    except Exception:  # noqa: BLE001 # it is dropped anyway, and every reader fails in its own way
        return
    ImageOps.exif_transpose(image, in_place=True)


def _only_pixels(image: Image.Image, kind: str) -> Image.Image:
    """Not too long, in a mode that the format knows, and without what was written beside the pixels."""
    if kind == "JPEG" and image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    if max(image.size) > LONGEST_SIDE:
        scale = LONGEST_SIDE / max(image.size)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = _full_colour(image).resize(size, Image.Resampling.LANCZOS)
    else:
        image = image.copy()
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return image


def _smaller(image: ImageFile, width: int, kind: str, *, lossless: bool) -> bytes:
    size = scaled(*image.size, width)
    made = _full_colour(image).resize(size, Image.Resampling.LANCZOS)
    if image.mode == "P":  # a drawing of few colours stays one: in full colour its smaller form would be larger
        made = made.quantize(256, method=Image.Quantize.FASTOCTREE)
    made.info = {name: value for name, value in made.info.items() if name == "transparency"}
    return _saved(made, kind, lossless=lossless)


def _full_colour(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller smoothly."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image


def _saved(image: Image.Image, kind: str, *, lossless: bool) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        image.save(out, "JPEG", quality=86, optimize=True, progressive=True)
    elif kind == "WEBP":
        image.save(out, "WEBP", quality=84, method=4, lossless=lossless)
    else:
        image.save(out, "PNG")
    return out.getvalue()


def _animation(image: ImageFile, frames: int) -> EncodedImage:
    width, height = image.size
    if width * height * frames > MOST_ANIMATED_PIXELS:
        raise TooLarge(f"The animation has {frames} frames of {width} x {height} pixels: make it shorter or smaller.")
    durations = []
    for number in range(frames):
        image.seek(number)
        durations.append(int(image.info.get("duration") or 100))
    image.seek(0)
    nothing: dict[str, Any] = {"exif": b"", "xmp": b"", "icc_profile": None}
    out = io.BytesIO()
    loop = int(image.info.get("loop", 1))
    image.save(out, "WEBP", save_all=True, duration=durations, loop=loop, quality=80, method=2, **nothing)
    made = out.getvalue()
    return EncodedImage(made, make_name(_digest(made), width, height, "webp", is_animated=True), width, height)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
