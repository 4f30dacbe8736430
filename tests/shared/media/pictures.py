"""Pictures for tests of pictures."""

import io
from typing import Any

from PIL import Image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), 60) for _ in range(3)])


def animation(width: int = 600, frames: int = 3) -> bytes:
    made = [Image.new("RGB", (width, 20), (n * 80, 0, 0)) for n in range(frames)]
    return saved(made[0], "GIF", save_all=True, append_images=made[1:], duration=50)
