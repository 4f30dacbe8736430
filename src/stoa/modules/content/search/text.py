"""Text between people and PostgreSQL's parser: what is stored to be searched, and how a found piece is shown.

The default parser takes `settings.py`, `sqlite3.connect` and `/usr/bin` for single words, drops `<div>` whole, and
takes a Chinese sentence for one word. So these characters are stored as control characters, which divide words, one
more stands between letters of scripts without spaces, and all are turned back before anybody sees them.
"""

import html
import re
import unicodedata
from collections.abc import Callable

MOST_BYTES = 250_000  # a tsvector holds 1 MB; four times the text is more than any text makes of it
START, STOP, GAP = "\x02", "\x03", "\x04"

_HIDDEN = {".": "\x0e", ":": "\x0f", "/": "\x10", "\\": "\x11", "@": "\x12", "<": "\x13", ">": "\x14", "&": "\x15"}
_NEXT = "\x16"
_SHOWN = {ord(hidden): html.escape(shown) for shown, hidden in _HIDDEN.items()} | {ord(_NEXT): ""}
_MARKS = str.maketrans({START: "<mark>", STOP: "</mark>", GAP: " \u2026 "})
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F), " ") | {ord("\n"): "\n"}
_DIVIDING = re.compile(  # points and colons only between words, and not in 3.11 and 10:30
    r"[/\\@<>&.:](?:(?<=[/\\@<>&])|(?<=[^\W\d][.:])(?=\w)|(?<=\d[.:])(?=[^\W\d]))"
)
_UNSPACED = re.compile(  # ideographs and kana; Thai, Lao, Burmese, Khmer
    "[\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff"
    "\\u0e01-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff]"
)
_BETWEEN_UNSPACED = re.compile(rf"(?<={_UNSPACED.pattern})(?=\w)|(?<=\w)(?={_UNSPACED.pattern})")
_TOKEN = re.compile(r"(-?)(\S+)")


def prepare(text: str) -> str:
    """The text as it is stored for searching, cut at 250 KB."""
    plain = unicodedata.normalize("NFC", text).translate(_CONTROLS)
    encoded = plain.encode()
    if len(encoded) > MOST_BYTES:
        plain = encoded[:MOST_BYTES].decode(errors="ignore")
    return _divided(plain, lambda found: _HIDDEN[found[0]], _NEXT)


def prepare_words(words: str) -> str:
    """The same for the words of a search: `settings.py` is asked for as the phrase "settings py"."""
    pieces = unicodedata.normalize("NFC", words).translate(_CONTROLS).split('"')
    if len(pieces) % 2 == 0:  # a quote that is never closed quotes nothing
        pieces[-2:] = [" ".join(pieces[-2:])]
    for place, piece in enumerate(pieces):
        pieces[place] = _spaced(piece) if place % 2 else _TOKEN.sub(_as_phrase, piece)
    return '"'.join(pieces)


def show(headline: str) -> str:
    """A headline of PostgreSQL as safe HTML: everything escaped, the found words in `<mark>`."""
    escaped = html.escape(" ".join(headline.split()))
    return escaped.translate(_SHOWN).replace(STOP + START, "").translate(_MARKS)


def _as_phrase(token: re.Match[str]) -> str:
    sign, word = token.groups()
    spaced = _spaced(word)
    return token[0] if spaced == word else f'{sign}"{spaced}"'


def _spaced(words: str) -> str:
    return _divided(words, lambda _: " ", " ")


def _divided(text: str, divide: Callable[[re.Match[str]], str], between: str) -> str:
    divided = _DIVIDING.sub(divide, text)
    return _BETWEEN_UNSPACED.sub(between, divided) if _UNSPACED.search(divided) else divided
