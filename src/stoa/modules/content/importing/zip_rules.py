"""What a zip must be to be read at all. Pure: looks at the directory of the zip, never at contents."""

import re
import stat
import zipfile
from collections.abc import Iterable

from .errors import SourceRefused
from .sources import LARGEST_FILE, LONGEST_NAME

LARGEST_ENTRY = 1024**3
LARGEST_TOTAL = 4 * 1024**3
_STEEPEST = 200  # text compresses 3 to 10 times, zeros a thousand times
_HARMLESS_TOTAL = 1024**3
_UTF8, _ENCRYPTED = 0x800, 0x1
_DRIVE = re.compile(r"^[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SITE_MARKS = {"_config.yml", "hugo.toml", "config.toml", "content", "_posts", "readme.md", "license", "stoa.json"}


def checked_entries(infos: Iterable[zipfile.ZipInfo], *, archive_size: int) -> dict[str, zipfile.ZipInfo]:
    """The files by clean name. Raises SourceRefused for the first entry that breaks a rule."""
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in infos:
        name = _clean_name(info)
        _check_kind(info, name)
        _check_size(info, name)
        total += info.file_size
        if total > LARGEST_TOTAL:
            raise SourceRefused("The zip holds more than 4 GB. Import it in parts.")
        if info.orig_filename.endswith(("/", "\\")):
            continue
        if name in found:
            raise SourceRefused(f"The zip holds '{name}' twice.")
        found[name] = info
    if total > _HARMLESS_TOTAL and total > _STEEPEST * archive_size:
        raise SourceRefused("The zip unpacks to more than 200 times its size: it looks like a decompression bomb.")
    return found


def site_root(names: Iterable[str], title: str) -> str:
    """The one folder around everything, with `/`, when it is a wrapper such as `site-main/`; else nothing."""
    tops, second = set(), set()
    for name in names:
        top, slash, rest = name.partition("/")
        if top != "__MACOSX":
            tops.add(top + slash)
            second.add(rest.partition("/")[0].lower())
    if len(tops) != 1 or not (only := tops.pop()).endswith("/"):
        return ""
    bare = only[:-1]
    is_wrapper = bare == title or bare.endswith(("-main", "-master")) or bool(second & _SITE_MARKS)
    return only if is_wrapper else ""


def _clean_name(info: zipfile.ZipInfo) -> str:
    raw = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            raw = raw.encode("cp437").decode("utf-8")
        except UnicodeError:
            raise SourceRefused(f"The zip has a name that is not UTF-8: '{_shown(raw)}'.") from None
    name = raw.replace("\\", "/")
    if _CONTROL.search(name) or len(name.encode("utf-8", "replace")) > LONGEST_NAME:
        raise SourceRefused(f"The zip has a name that no file can have: '{_shown(name)}'.")
    if name.startswith("/") or _DRIVE.match(name):
        raise SourceRefused(f"The zip has an absolute path, '{_shown(name)}': paths must stay inside the zip.")
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise SourceRefused(f"The zip has a path with '..', '{_shown(name)}': paths must stay inside the zip.")
    return "/".join(parts)


def _check_kind(info: zipfile.ZipInfo, name: str) -> None:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise SourceRefused(f"The zip has a symbolic link, '{_shown(name)}'. Put the file itself in.")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise SourceRefused(f"The zip has '{_shown(name)}', which is neither a file nor a folder.")
    if info.flag_bits & _ENCRYPTED:
        raise SourceRefused(f"The zip is encrypted ('{_shown(name)}'). Make one without a password.")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SourceRefused(f"The zip packs '{_shown(name)}' in another way than deflate. Make it with plain zip.")


def _check_size(info: zipfile.ZipInfo, name: str) -> None:
    if info.file_size > LARGEST_ENTRY:
        raise SourceRefused(f"The zip has an entry of more than 1 GB, '{_shown(name)}'.")
    if info.file_size > LARGEST_FILE and info.file_size > _STEEPEST * max(info.compress_size, 1):
        raise SourceRefused(
            f"The entry '{_shown(name)}' unpacks to more than {_STEEPEST} times its size: "
            "it looks like a decompression bomb."
        )


def _shown(name: str) -> str:
    return _CONTROL.sub("?", name[:120])
