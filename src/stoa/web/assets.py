"""The static files, named by a hash of their content, and the owner's accent colour as CSS.

Read once, when `Assets` is made. Never serves anything: the route that does asks `find`.
"""

import gzip
import hashlib
import math
import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stoa.shared.errors import InvalidInput

DEFAULT_ACCENT = "#2f5d50"
STATIC_URL = "/static/"
_FOLDER = Path(__file__).parent / "static"
_THEMED = "tokens.css"  # the owner's accent is written at its end
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_IMPORT = re.compile(rb'"\./[a-z-]+\.js"')
_HASHED = re.compile(r"(?P<stem>[a-z0-9-]+)\.[0-9a-f]{12}(?P<suffix>\.[a-z]+)")

# The pages' own backgrounds, rounded away from the text: what is readable here is readable there.
_LIGHT_PAGE = "#f4f4f4"
_DARK_PAGE = "#262626"
_TEXT_CONTRAST = 7.0
_SHAPE_ON_LIGHT = 4.5
_SHAPE_ON_DARK = 5.6  # so that dark words on a button are AAA as well

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent. `url` changes with `body`, so it may be kept for ever."""

    name: str
    url: str
    body: bytes
    gzipped: bytes
    media_type: str
    etag: str


class Assets:
    """All static files by name and by address. `accent` is the owner's colour, `#rrggbb`."""

    def __init__(self, accent: str = DEFAULT_ACCENT) -> None:
        theme = theme_css(accent).encode()
        self._by_name = {asset.name: asset for asset in _read(theme)}

    def url(self, name: str) -> str:
        """The address of a file by its name in the folder; `KeyError` for one that is not there."""
        return self._by_name[name].url

    def find(self, path: str) -> tuple[Asset, bool] | None:
        """The file at `/static/{path}`, and whether the path carries its present hash (then it never changes)."""
        hashed = _HASHED.fullmatch(path)
        asset = self._by_name.get(hashed["stem"] + hashed["suffix"] if hashed else path)
        return None if asset is None else (asset, asset.url == STATIC_URL + path)

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._by_name.values())


def _read(theme: bytes) -> Iterator[Asset]:
    """Every file; what a script imports comes before it, so that the import can name it by its hash."""
    bodies = {path: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
    hashed: dict[bytes, bytes] = {}
    for path, body in sorted(bodies.items(), key=lambda item: b"\nimport " in item[1]):
        asset = _asset(
            path, _IMPORT.sub(lambda found: hashed[found[0]], body) + (theme if path.name == _THEMED else b"")
        )
        hashed[f'"./{path.name}"'.encode()] = f'"{asset.url}"'.encode()
        yield asset


def _asset(path: Path, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        name=path.name,
        url=f"{STATIC_URL}{path.stem}.{digest}{path.suffix}",
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0),
        media_type=_media_type(path.name),
        etag=f'"{digest}"',
    )


def _media_type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript; charset=utf-8"
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def theme_css(accent: str) -> str:
    """The custom properties that one accent colour decides, for light and dark, each readable on its page.

    Lightness is moved as far as contrast needs and no farther; hue and, within the screen's range, strength
    stay. Raises `InvalidInput` for anything but `#rgb` or `#rrggbb`.
    """
    if not _HEX.fullmatch(accent):
        raise InvalidInput(f"The accent colour must look like #2f5d50, not {accent[:20]!r}.")
    colour = _to_oklch(_from_hex(accent))
    shape = _readable(colour, _LIGHT_PAGE, _SHAPE_ON_LIGHT), _readable(colour, _DARK_PAGE, _SHAPE_ON_DARK)
    text = _readable(colour, _LIGHT_PAGE, _TEXT_CONTRAST), _readable(colour, _DARK_PAGE, _TEXT_CONTRAST)
    return (
        ":root {"
        f"\n  --hue: {colour[2]:.0f};"
        f"\n  --tint: {min(1.0, colour[1] / 0.05):.2f};"
        f"\n  --accent: light-dark({shape[0]}, {shape[1]});"
        f"\n  --accent-text: light-dark({text[0]}, {text[1]});"
        f"\n  --on-accent: light-dark({_ink_on(shape[0])}, {_ink_on(shape[1])});"
        "\n}\n"
    )


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(_from_hex(one)), _luminance(_from_hex(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colour: Triple, page: str, need: float) -> str:
    lightness, chroma, hue = colour
    step = -0.005 if contrast(page, "#000000") > contrast(page, "#ffffff") else 0.005
    while 0 < lightness < 1:
        found = _to_hex(_in_gamut((lightness, chroma, hue)))
        if contrast(found, page) >= need:
            return found
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _ink_on(fill: str) -> str:
    return max("#ffffff", "#111111", key=lambda ink: contrast(ink, fill))


def _in_gamut(colour: Triple) -> Triple:
    lightness, chroma, hue = colour
    linear = _from_oklch((lightness, chroma, hue))
    while chroma > 0 and not all(-0.0005 <= part <= 1.0005 for part in linear):
        chroma = max(0.0, chroma - 0.004)
        linear = _from_oklch((lightness, chroma, hue))
    return linear


def _luminance(linear: Triple) -> float:
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _from_hex(text: str) -> Triple:
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return _each(lambda at: _linear(int(digits[2 * at : 2 * at + 2], 16) / 255))


def _to_hex(linear: Triple) -> str:
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02x}" for part in linear)


def _each(make: Callable[[int], float]) -> Triple:
    return make(0), make(1), make(2)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


# Björn Ottosson's Oklab: linear sRGB to cone responses, their cube roots to lightness and two colour axes.
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def _times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    return _each(lambda row: math.fsum(a * b for a, b in zip(matrix[row], vector, strict=True)))


def _to_oklch(linear: Triple) -> Triple:
    cones = _times(_TO_CONES, linear)
    lightness, a, b = _times(_TO_LAB, _each(lambda at: math.cbrt(cones[at])))
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _from_oklch(colour: Triple) -> Triple:
    lightness, chroma, hue = colour
    angle = math.radians(hue)
    cones = _times(_FROM_LAB, (lightness, chroma * math.cos(angle), chroma * math.sin(angle)))
    return _times(_FROM_CONES, _each(lambda at: cones[at] ** 3))
