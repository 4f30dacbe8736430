"""Colours code with Pygments as CSS classes, never inline styles. What it does not know or is too long stays plain."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import STANDARD_TYPES, _TokenType

MAX_BLOCK = 50_000
MAX_DOCUMENT = 200_000
SECONDS = 1.0
"""All the colouring of one document; Pygments does 300 to 2,500 characters a millisecond (measured)."""

UNCOLOURED = frozenset({"", "n", "p", "w", "x", "g", "l", "err"})
TOKEN_CLASSES = frozenset(STANDARD_TYPES.values()) - UNCOLOURED
"""The classes that `.highlight span` can have: Pygments' own short names. Plain names and punctuation get no span."""

_ALSO_KNOWN = {"svg": "xml", "jsonc": "json", "jsonl": "json"}
_LANGUAGE = re.compile(r"[\s{.]*([\w+#.-]{1,40})")


def language_of(info: str) -> str | None:
    """The language in a fence's first word: `python`, `{.python}`, `python,linenos`, `html+django`."""
    match = _LANGUAGE.match(info)
    return match.group(1).lower() if match else None


class Highlighter:
    """Colours the code blocks of one document, as long as its share of time and characters lasts."""

    def __init__(self) -> None:
        self._characters = MAX_DOCUMENT
        self._seconds = SECONDS

    def highlight(self, code: str, language: str | None) -> str:
        """HTML for the inside of `<code>`."""
        lexer = _lexer(language) if language else None
        if lexer is None or len(code) > min(MAX_BLOCK, self._characters):
            return escape(code, quote=False)
        self._characters -= len(code)
        return self._coloured(code, lexer) or escape(code, quote=False)

    def _coloured(self, code: str, lexer: Lexer) -> str | None:
        if self._seconds <= 0:
            return None
        started = time.perf_counter()
        try:
            with _interrupted_after(self._seconds):
                runs = [*_runs(lexer, code, until=started + self._seconds)]
        except _TakesTooLong:
            runs = []
        self._seconds -= time.perf_counter() - started
        is_whole = sum(len(text) for _, text in runs) == len(code)
        return "".join(_span(css_class, text) for css_class, text in runs) if is_whole else None


class _TakesTooLong(Exception):
    """A lexer used up the document's time."""


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Some lexers hang in one regular expression: 40 KB of `s{` in Perl for over 20 s. Only an alarm ends those, and
    only the main thread gets one, as in the pool's workers; elsewhere the clock between two tokens must do.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGALRM) not in _FREE:
        yield
        return
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _ring(_number: int, _frame: object) -> None:
    raise _TakesTooLong


_FREE = (signal.SIG_DFL, _ring)


def _span(css_class: str, text: str) -> str:
    escaped = escape(text, quote=False)
    return f'<span class="{css_class}">{escaped}</span>' if css_class else escaped


def _runs(lexer: Lexer, code: str, *, until: float) -> Iterator[tuple[str, str]]:
    """The code in pieces of one class each."""
    current, held = "", ""
    for token_type, text in lexer.get_tokens(code):
        if time.perf_counter() > until:
            raise _TakesTooLong
        css_class = _css_class(token_type)
        if css_class == current:
            held += text
            continue
        yield current, held
        current, held = css_class, text
    yield current, held


@cache
def _css_class(token_type: _TokenType) -> str:
    known: _TokenType | None = token_type
    while known is not None and known not in STANDARD_TYPES:
        known = known.parent
    name = STANDARD_TYPES[known] if known is not None else ""
    return name if name in TOKEN_CLASSES else ""


@cache
def _names_by_alias() -> dict[str, str]:
    names = {alias: name for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}
    return names | {alias: names[like] for alias, like in _ALSO_KNOWN.items()}


def _lexer(language: str) -> Lexer | None:
    """Not `get_lexer_by_name`: for an unknown one it searches all installed packages, every time."""
    name = _names_by_alias().get(language)
    found = find_lexer_class(name) if name else None
    return found(stripnl=False) if found else None
