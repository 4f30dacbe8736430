"""Colours as every screen shows them, since the profile that explained them is dropped."""

import io

from PIL import Image, ImageCms


def in_srgb(image: Image.Image) -> Image.Image:
    """The image in sRGB, if it brings a profile that can be read."""
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


def without_depth(image: Image.Image) -> Image.Image:
    """Greys of 16 bits become those of 8, which every form and format can be made of."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda value: value * (1 / 256) + 0)  # `convert` alone would cut, not scale
    return grey.convert("L")
