"""Builds sources for the tests: folders, zips, and zips that no honest tool would make."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

Files = Mapping[str, str | bytes]
EPOCH = (2024, 5, 6, 7, 8, 10)


def make_folder(root: Path, files: Files) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(content))
    return root


def make_zip(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(entry(name), _bytes(content))
    return path


def entry(name: str, *, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    return info


def make_zip_of(path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for info, content in entries:
            made.writestr(info, content)
    return path


def patch_headers(path: Path, field: str, value: int) -> Path:
    """Overwrite a field in the local and central header of the first entry: what a zip says need not be so."""
    local, central, form = {
        "flags": (6, 8, "<H"),
        "method": (8, 10, "<H"),
        "crc": (14, 16, "<L"),
        "compressed": (18, 20, "<L"),
        "size": (22, 24, "<L"),
    }[field]
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, data.index(b"PK\x03\x04") + local, value)
    struct.pack_into(form, data, data.index(b"PK\x01\x02") + central, value)
    path.write_bytes(data)
    return path


def directory_of(count: int) -> bytes:
    """A zip that lists so many files and holds none."""
    record = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    records = b"".join(record + b"%08d" % number for number in range(count))
    return records + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(records), 0, 0)


def png(width: int = 8, height: int = 6, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
