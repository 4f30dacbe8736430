"""What is written in code within a text, read: base64, hexadecimal, percent signs, rot13, backwards. Pure."""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote

_MOST: Final = 8
_LONGEST: Final = 4_000
_PRINTABLE: Final = 0.9
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]{4,4000}")
_TAG_BASE: Final = 0xE0000
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{24,4000}={0,2}")
_BASE32: Final = re.compile(r"\b[A-Z2-7]{24,4000}={0,6}")
_BASE85: Final = re.compile(r"\S{30,4000}")
_HEX: Final = re.compile(r"\b(?:0x)?((?:[0-9a-fA-F]{2}[\s:]?){12,2000})")
_BINARY: Final = re.compile(r"\b(?:[01]{8}\s?){8,1000}")
_PERCENT: Final = re.compile(r"(?:%[0-9a-fA-F]{2}[\w.!~*'()+-]{0,20}){4,1000}")
_ESCAPES: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,6};){6,1000}")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{2,6});|&#(\d{2,6});")
_WORD: Final = re.compile(r"[^\W\d_]+")
_EVERYDAY: Final = (
    "the of and to a in is you your all that it for on with as are be this not or me from any every now what how my do "
    "previous instructions ignore system prompt show tell send answer say"
)
_COMMON: Final = frozenset(_EVERYDAY.split())


def hidden(text: str) -> tuple[str, ...]:
    """The texts found, 8 at most; what does not read as text is left out. Looks one layer deep, and once more."""
    found = _layer(text[:20_000])
    for one in tuple(found):
        found += [inner for inner in _layer(one) if inner not in found]
    return tuple(found[:_MOST])


def _layer(text: str) -> list[str]:
    found: list[str] = []
    for one in _decoded(text):
        if one not in found and len(found) < _MOST:
            found.append(one)
    return found


def _decoded(text: str) -> Iterator[str]:
    for tags in _TAGS.finditer(text):
        yield "".join(chr(ord(sign) - _TAG_BASE) for sign in tags[0])
    for pattern, decode in _CODES:
        for match in pattern.finditer(text):
            read = _read(decode, match[match.lastindex or 0])
            if read:
                yield read
    share = _common(text)
    for turned in (codecs.encode(text[:_LONGEST], "rot13"), text[:_LONGEST][::-1]):
        if _common(turned) > max(0.2, share):
            yield turned


def _read(decode: Callable[[str], bytes | str], coded: str) -> str:
    """Empty where it is no text."""
    try:
        decoded = decode(coded)
        text = decoded if isinstance(decoded, str) else decoded.decode()
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return ""
    signs = sum(sign.isalpha() or sign in " .,:;!?'\"\n-" for sign in text)
    is_text = len(text) >= 8 and " " in text and signs >= _PRINTABLE * len(text)
    return text if is_text or _BASE64.fullmatch(text) else ""


def _base64(coded: str) -> bytes:
    body = coded.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(body + "=" * (-len(body) % 4))


def _base32(coded: str) -> bytes:
    body = coded.rstrip("=")
    return base64.b32decode(body + "=" * (-len(body) % 8))


def _binary(coded: str) -> bytes:
    bits = re.sub(r"\s", "", coded)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))


def _escaped(coded: str) -> str:
    def sign(found: re.Match[str]) -> str:
        number = int(found[4]) if found[4] else int(found[1] or found[2] or found[3], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""

    return _ESCAPE.sub(sign, coded)


def _common(text: str) -> float:
    """The share of its words that every English text is full of."""
    words = _WORD.findall(text[:_LONGEST].casefold())
    return sum(word in _COMMON for word in words) / len(words) if len(words) >= 3 else 0.0


_CODES: Final[tuple[tuple[re.Pattern[str], Callable[[str], bytes | str]], ...]] = (
    (_BASE64, _base64),
    (_BASE32, _base32),
    (_BASE85, base64.b85decode),
    (_BASE85, base64.a85decode),
    (_HEX, lambda coded: bytes.fromhex(re.sub(r"[\s:]", "", coded))),
    (_BINARY, _binary),
    (_PERCENT, unquote),
    (_ESCAPES, _escaped),
)
