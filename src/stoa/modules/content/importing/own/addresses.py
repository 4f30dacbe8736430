"""Addresses of pictures in the texts of an export. Pure."""

import re

_PICTURE = re.compile(r"/media/[0-9a-f]{2}/[0-9a-f]{8,64}(?:-\d{1,5}x\d{1,5})?\.(?:png|jpg|webp|gif)")
_MOST = 5000


def picture_addresses(body: str, cover: str | None) -> list[str]:
    """Those of our own pictures that the text or the cover shows, each once."""
    found = dict.fromkeys(_PICTURE.findall(body))
    if cover and _PICTURE.fullmatch(cover):
        found[cover] = None
    return list(found)[:_MOST]
