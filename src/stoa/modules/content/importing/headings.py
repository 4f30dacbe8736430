"""The first heading of a Markdown text, as the plain words of a title."""

import html
import io
import re
from dataclasses import dataclass

from .dialects import LONGEST_TITLE
from .prose import split_blocks
from .values import line_of

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]++(.+)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_CODE = re.compile(r"(?<!`)(`++)(.+?)(?<!`)\1(?!`)")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:[ \t]+[^()]*)?\)|\[[^\[\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")
_STRONG = re.compile(r"(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1|(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\3(?!\w)")
_PYTHON_NAME = re.compile(r"__[a-z0-9_]+__")
_ATTRIBUTES = re.compile(r"[ \t]*\{[:#.][^{}]*\}[ \t]*$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = 0xF0000  # escaped marks wait there, in a plane for private use, while the others are taken out
_HIDDEN_MARK = re.compile("[\U000f0021-\U000f007e]")
_LONGEST_LINE = 500  # some patterns are quadratic


@dataclass(frozen=True, slots=True)
class Heading:
    """The words, the level (1 to 6), and the text without the heading if it opened the text."""

    words: str
    level: int
    opens: bool
    rest: str


def first_heading(body: str) -> Heading | None:
    """The first heading outside code, or None."""
    offset, opens = 0, True
    for is_code, block in split_blocks(body):
        if not is_code and (found := _in_block(body, offset, block, opens=opens)):
            return found
        opens = opens and not block.strip()
        offset += len(block)
    return None


def _in_block(body: str, offset: int, block: str, *, opens: bool) -> Heading | None:
    lines = list(io.StringIO(block))
    for number, text in enumerate(lines):
        atx = _HEADING.match(text[:_LONGEST_LINE].rstrip())
        under = lines[number + 1] if number + 1 < len(lines) else ""
        if atx:
            level, words, used = len(atx[1]), _without_closing(atx[2]), text
        elif text.strip() and (setext := _UNDERLINE.match(under.rstrip("\n"))):
            level, words, used = 1 if setext[1][0] == "=" else 2, text, text + under
        else:
            offset += len(text)
            opens = opens and not text.strip()
            continue
        title = plain_words(words[:_LONGEST_LINE])
        if title:
            rest = body[offset + len(used) :].lstrip("\n") if opens else body
            return Heading(title, level, opens, rest)
        offset += len(text)
    return None


def _without_closing(words: str) -> str:
    """`Title ##` -> `Title`; but `C#` keeps its sign."""
    bare = words.rstrip("#")
    return bare if bare[-1:].isspace() else words


def plain_words(markdown: str) -> str | None:
    """One line of Markdown as a reader sees it: no marks, no links, no tags."""
    pieces, end = [], 0
    for code in _CODE.finditer(markdown):
        pieces += [_plain(markdown[end : code.start()]), code[2].strip()]
        end = code.end()
    pieces.append(_plain(markdown[end:]))
    return line_of(_ATTRIBUTES.sub("", "".join(pieces)), LONGEST_TITLE)


def _without_marks(found: re.Match[str]) -> str:
    """`__init__` in a title is a name, not a strong `init`."""
    return found[0] if _PYTHON_NAME.fullmatch(found[0]) else found[2] or found[4]


def _plain(text: str) -> str:
    text = _ESCAPE.sub(lambda found: chr(_HIDDEN + ord(found[1])), text)
    text = _TAG.sub("", _IMAGE_OR_LINK.sub(r"\1", text))
    for _ in range(2):
        text = _STRONG.sub(_without_marks, text)
    return html.unescape(_HIDDEN_MARK.sub(lambda found: chr(ord(found[0]) - _HIDDEN), text))
