"""Pictures as people upload them, and as attackers do."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS_TAG, DESCRIPTION_TAG = 0x8825, 0x010E


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 30), colour: str = "red", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def with_place(kind: str = "JPEG") -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[DESCRIPTION_TAG] = "taken at home"
    exif.get_ifd(GPS_TAG).update({1: "N", 2: (52.0, 31.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)})
    return picture(kind, exif=exif)


def huge(width: int = 10_000, height: int = 5_000) -> bytes:
    """Fifty megapixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
