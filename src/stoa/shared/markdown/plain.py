"""Plain text out of parsed Markdown: for search, excerpts and reading time. Knows nothing of HTML output."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

import nh3
from markdown_it.token import Token

EXCERPT_LEAST, EXCERPT_MOST = 160, 220
ENOUGH_BEFORE_A_HEADING = 80
A_LINE_OF_PROSE = 40
WORDS_A_MINUTE = 220

_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
_IDEOGRAPHS_AND_KANA = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_THAI_LAO_BURMESE_KHMER = re.compile(r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")
_BREAKS_A_LINE = re.compile(r"(?ai)<(?=/?(?:br|p|div|h[1-6]|li|d[dt]|t[dhr]|caption|figcaption|summary|blockquote)\b)")
_BLANKS = re.compile(r"[ \t\xa0]+")


def inline_text(children: Sequence[Token] | None, *, with_images: bool = True) -> str:
    """The words of one run of text: markup gone, code kept, images as their alternative text."""
    parts: list[str] = []
    for child in children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"} or child.content.startswith("<br"):
            parts.append(" ")
        elif child.type == "image" and with_images:
            parts.append(inline_text(child.children))
    return _BLANKS.sub(" ", "".join(parts)).strip()


def html_text(source: str) -> str:
    """The words of a block of raw HTML, one line for each of its blocks."""
    stripped = nh3.clean(_BREAKS_A_LINE.sub("\n<", source), tags=set(), link_rel=None)
    lines = (line.strip() for line in _BLANKS.sub(" ", html.unescape(stripped)).splitlines())
    return "\n".join(line for line in lines if line)


def body_text(tokens: Sequence[Token]) -> str:
    """Everything a reader can read, a line for each block."""
    return "\n".join(text for token in tokens if (text := _block_text(token)))


def excerpt(tokens: Sequence[Token]) -> str:
    """The first prose, 160 to 220 characters of it where there is so much, cut after a whole word."""
    for prose in (
        _paragraphs(tokens, top_level_only=True),
        _paragraphs(tokens, top_level_only=False),
        _html_lines(tokens),
    ):
        found = ""
        for text in prose:
            if text is None and len(found) >= ENOUGH_BEFORE_A_HEADING:
                break
            found = f"{found} {text or ''}".strip()
            if len(found) >= EXCERPT_LEAST:
                break
        if found:
            return _shortened(found)
    return ""


def count_words(text: str) -> int:
    """Words as readers of the script would count them; scripts without spaces by their usual word length."""
    unspaced = len(_IDEOGRAPHS_AND_KANA.findall(text)) / 2 + len(_THAI_LAO_BURMESE_KHMER.findall(text)) / 5
    spaced = _IDEOGRAPHS_AND_KANA.sub(" ", _THAI_LAO_BURMESE_KHMER.sub(" ", text))
    return len(_WORD.findall(spaced)) + round(unspaced)


def reading_minutes(words: int) -> int:
    return max(1, round(words / WORDS_A_MINUTE))


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return inline_text(token.children)
    if token.type in {"fence", "code_block"}:
        return token.content.strip("\n")
    if token.type == "html_block":
        return html_text(token.content)
    return ""


def _paragraphs(tokens: Sequence[Token], *, top_level_only: bool) -> Iterator[str | None]:
    """The paragraphs in order; None stands for a heading between them."""
    for before, token in pairwise(tokens):
        if token.type == "footnote_block_open":
            return
        if before.type == "heading_open":
            yield None
        if before.type != "paragraph_open" or (top_level_only and before.level):
            continue
        if _says_something(token.children or ()):
            yield inline_text(token.children, with_images=False)


def _html_lines(tokens: Sequence[Token]) -> Iterator[str]:
    """What reads like prose in a body that is HTML throughout."""
    for token in tokens:
        if token.type == "html_block":
            yield from (line for line in html_text(token.content).splitlines() if len(line) >= A_LINE_OF_PROSE)


def _says_something(children: Sequence[Token]) -> bool:
    """Whether there are words outside links: an address or an image alone is not prose."""
    depth = 0
    for child in children:
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "text" and not depth and any(letter.isalpha() for letter in child.content):
            return True
    return False


def _shortened(text: str) -> str:
    if len(text) <= EXCERPT_MOST:
        return f"{text[:-1]}…" if text.endswith(":") else text
    cut = text.rfind(" ", EXCERPT_LEAST, EXCERPT_MOST)
    if cut < 0:
        cut = EXCERPT_MOST - 1
        while unicodedata.combining(text[cut]):
            cut -= 1
    return text[:cut].rstrip(" ,;:.\u2013\u2014-(") + "…"
