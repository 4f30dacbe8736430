"""Takes back a picture that was ours: bit by bit as it is, if it is still the very same. All else is encoded anew.

Blocks, and trusts no decoder: it runs in the pool's processes only.
"""

import hashlib

from stoa.shared.errors import TooLarge

from .encoding import HASH_LENGTH, encode_image, with_smaller
from .images import LONGEST_SIDE, MOST_ANIMATED_PIXELS, EncodedImage, UnreadableImage
from .names import MediaName, make_name, parse_address
from .opening import opened
from .structure import holds_only_pixels

_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_MODES = {"png": {"1", "L", "LA", "P", "RGB", "RGBA"}, "jpg": {"L", "RGB"}, "webp": {"RGB", "RGBA"}}


def encode_or_take_back(content: bytes, was: str | None) -> EncodedImage:
    """As it is, if its former address `was` proves it ours, else as `encode_image`. Raises as that does."""
    return (as_it_is(content, was) if was else None) or encode_image(content)


def as_it_is(content: bytes, url: str) -> EncodedImage | None:
    """The picture with its smaller forms made again, if `url` names these very bytes and they hold only pixels."""
    name = parse_address(url)
    if name is None or name.form is not None or name.size is None:
        return None
    digest = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
    if name.text != make_name(digest, *name.size, name.kind, is_animated=name.is_animated):
        return None
    if not holds_only_pixels(content, name.kind):
        return None
    try:
        return _taken(content, name)
    except (UnreadableImage, TooLarge):
        return None


def _taken(content: bytes, name: MediaName) -> EncodedImage | None:
    with opened(content) as image:
        frames = int(getattr(image, "n_frames", 1))
        if image.size != name.size or (frames > 1) != name.is_animated or image.mode not in _MODES[name.kind]:
            return None
        width, height = image.size
        if width * height * frames > MOST_ANIMATED_PIXELS:
            return None
        for number in range(frames):
            image.seek(number)
            image.load()
    if name.is_animated:
        return EncodedImage(content, name.text, width, height)
    return with_smaller(content, _FORMATS[name.kind]) if max(width, height) <= LONGEST_SIDE else None
