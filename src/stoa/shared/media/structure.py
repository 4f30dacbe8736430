"""Whether the bytes of a picture hold pixels and nothing else: no metadata, no comment, nothing behind the end. Pure.

Stricter than the formats are: what our own encoder never writes is not let through.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from .images import LONGEST_SIDE

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_ORDER = re.compile(r"IHDR (PLTE )?(tRNS )?(IDAT )+IEND ")
_PNG_LONGEST = {"IHDR": 13, "PLTE": 768, "tRNS": 256, "IEND": 0}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

_JFIF = re.compile(rb"JFIF\0\x01[\x00-\x02][\x00-\x02].{4}\0\0", re.DOTALL)
_TABLES = {0xC0, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD}
"""Markers of a JPEG that say how to read pixels: frame, Huffman tables, scan, quantisation, restart interval."""
_LONGEST_TABLE = 1100
_MOST_SEGMENTS = 64
_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")

_WEBP_STILL = re.compile(r"(VP8 |VP8L|VP8X(ALPH)?VP8 |VP8XVP8L)")
_WEBP_ANIMATED = re.compile(r"VP8XANIM(ANMF)+")
_WEBP_FRAME = re.compile(r"((ALPH)?VP8 |VP8L)")
_ANIMATION_OR_ALPHA = 0x12


def holds_only_pixels(content: bytes, kind: str) -> bool:
    """`kind` is the ending of the name: `png`, `jpg` or `webp`; no other is ever written here."""
    check = {"png": _is_bare_png, "jpg": _is_bare_jpeg, "webp": _is_bare_webp}.get(kind)
    try:
        return check is not None and check(content)
    except (_Odd, struct.error, zlib.error, IndexError):
        return False


class _Odd(Exception):
    """Not as we write it."""


def _is_bare_png(content: bytes) -> bool:
    if not content.startswith(_PNG):
        return False
    names, pixels, header = "", bytearray(), b""
    for name, data in _png_chunks(content):
        names += f"{name} "
        if len(data) > _PNG_LONGEST.get(name, len(content)):
            return False
        if name == "IHDR":
            header = data
        elif name == "IDAT":
            pixels += data
    return bool(_PNG_ORDER.fullmatch(names)) and _is_filled_exactly(header, bytes(pixels))


def _png_chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    position = len(_PNG)
    while position < len(content):
        length, name = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content):
            raise _Odd
        yield name.decode("latin-1"), content[position + 8 : end - 4]
        position = end


def _is_filled_exactly(header: bytes, packed: bytes) -> bool:
    """Whether the packed rows are those of the header, with nothing packed or hidden behind them."""
    width, height, depth, colours, method, filters, interlace = struct.unpack(">IIBBBBB", header)
    if max(width, height) > LONGEST_SIDE or colours not in _CHANNELS or depth > 8 or method or filters or interlace:
        return False
    wanted = height * (1 + (width * depth * _CHANNELS[colours] + 7) // 8)
    unpacker = zlib.decompressobj()
    rows = unpacker.decompress(packed, wanted + 1)
    return len(rows) == wanted and unpacker.eof and not unpacker.unused_data


def _is_bare_jpeg(content: bytes) -> bool:
    if not content.startswith(b"\xff\xd8"):
        return False
    position = 2
    for number in range(_MOST_SEGMENTS):
        mark, marker = content[position], content[position + 1]
        if mark != 0xFF:
            return False
        if marker == 0xD9:
            return position + 2 == len(content)
        (length,) = struct.unpack_from(">H", content, position + 2)
        segment = content[position + 4 : position + 2 + length]
        is_jfif = marker == 0xE0 and number == 0 and bool(_JFIF.fullmatch(segment))
        if not is_jfif and (marker not in _TABLES or length > _LONGEST_TABLE):
            return False
        position += 2 + length
        if marker == 0xDA:
            position = _end_of_scan(content, position)
    return False


def _end_of_scan(content: bytes, position: int) -> int:
    found = _IN_SCAN.search(content, position)
    if found is None:
        raise _Odd
    return found.start()


def _is_bare_webp(content: bytes) -> bool:
    magic, size, kind = struct.unpack_from("<4sI4s", content)
    if magic != b"RIFF" or kind != b"WEBP" or size + 8 != len(content):
        return False
    chunks = list(_webp_chunks(content[12:]))
    names = "".join(name for name, _ in chunks)
    if names.startswith("VP8X") and (len(chunks[0][1]) != 10 or chunks[0][1][0] & ~_ANIMATION_OR_ALPHA):
        return False
    if _WEBP_STILL.fullmatch(names):
        return True
    if not _WEBP_ANIMATED.fullmatch(names) or len(chunks[1][1]) != 6:
        return False
    return all(
        _WEBP_FRAME.fullmatch("".join(name for name, _ in _webp_chunks(data[16:])))
        for name, data in chunks
        if name == "ANMF"
    )


def _webp_chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position < len(content):
        name, length = struct.unpack_from("<4sI", content, position)
        end = position + 8 + length
        if end + length % 2 > len(content) or (length % 2 and content[end]):
            raise _Odd
        yield name.decode("latin-1"), content[position + 8 : end]
        position = end + length % 2
