"""A run of text in Markdown: words escaped, emphasis where it is sure to be read as such, else as HTML."""

import re
from collections.abc import Iterable

from bs4.element import PageElement, Tag

from .embeds import shown_by
from .escaping import destination, escaped, plain, titled
from .parsing import attribute, is_text, words_of
from .raw import ALSO_CALLED, DROPPED, frame_title, source_of, start_tag
from .warnings import Warnings

BREAK = "\\\n"
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_KEPT_TAGS = "abbr bdi bdo cite dfn ins kbd mark q rp rt ruby samp small sub sup time u var"
_KEPT = frozenset(_KEPT_TAGS.split())
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINES = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*")
_TICKS = re.compile(r"`+")


class Inline:
    """`has_breaks`: a line end in the text is one on the page, as in the classic editor of WordPress."""

    def __init__(self, warnings: Warnings, *, has_breaks: bool, is_plain: bool = False) -> None:
        self._is_plain = is_plain
        self._warnings = warnings
        self._has_breaks = has_breaks

    def run(self, nodes: Iterable[PageElement], *, in_link: bool = False) -> str:
        parts: list[str] = []
        last = ""
        for node in nodes:
            piece = self._piece(node, last, in_link=in_link)
            if last.endswith((" ", "\n")):
                piece = piece.lstrip(" ")
            if piece:
                if piece.startswith("`") and _ends_code(last):
                    piece = _after_code(parts.pop(), piece)
                if piece.startswith(BREAK) and last == BREAK and not isinstance(node, Tag):
                    piece = piece[2:]
                parts.append(piece)
                last = piece or last
        return "".join(parts)

    def _piece(self, node: PageElement, before: str, *, in_link: bool) -> str:
        if isinstance(node, Tag):
            return self._tag(node, before, in_link=in_link)
        return self._words(str(node), before, in_link=in_link) if is_text(node) else ""

    def _words(self, text: str, before: str, *, in_link: bool) -> str:
        write = escaped if in_link else plain
        if not self._has_breaks or "\n" not in text:
            return write(_BLANKS.sub(" ", text))
        lines = [write(_BLANKS.sub(" ", line)) for line in _LINES.split(text)]
        if before.endswith(BREAK) and not lines[0]:
            lines = lines[1:]
        return BREAK.join(lines)

    def _tag(self, tag: Tag, before: str, *, in_link: bool) -> str:
        name = ALSO_CALLED.get(tag.name, tag.name)
        if name in DROPPED:
            self._warnings.dropped(tag)
            return ""
        if name in {"br", "wbr"}:
            return BREAK if name == "br" else ""
        if name in {"img", "iframe", "audio", "video"}:
            return self.image(tag) if name == "img" else self._media(tag)
        if name == "code":
            return _code(words_of(tag))
        return self._link(tag, in_link=in_link) if name == "a" else self._wrapped(tag, name, before, in_link=in_link)

    def _wrapped(self, tag: Tag, name: str, before: str, *, in_link: bool) -> str:
        inner = self.run(tag.children, in_link=in_link)
        if name in _MARKS:
            return _marked(inner, _MARKS[name], name, before, is_plain=self._is_plain)
        if name in _KEPT and not self._is_plain:
            return _around(inner, start_tag(tag, name), f"</{name}>")
        return _apart(tag, inner)

    def _link(self, tag: Tag, *, in_link: bool) -> str:
        href = attribute(tag, "href")
        inner = self.run(tag.children, in_link=bool(href) or in_link)
        if not href or in_link or not inner.strip():
            return inner
        target = destination(href)
        if target is None:
            self._warnings.add(f"a link to '{' '.join(href.split())[:60]}' was taken out, its words stay")
            return inner
        return _around(inner, "[", f"]({target}{titled(attribute(tag, 'title'))})")

    def image(self, tag: Tag, caption: str = "") -> str:
        source = source_of(tag)
        target = None if source.startswith("data:") else destination(source)
        if target is None:
            if source:
                self._warnings.add(f"the image '{source[:60]}' was taken out")
            return ""
        return f"![{escaped(' '.join(attribute(tag, 'alt').split()))}]({target}{titled(caption)})"

    def _media(self, tag: Tag) -> str:
        source = source_of(tag)
        address = shown_by(source) if tag.name == "iframe" else source
        target = destination(address)
        return f"[{escaped(frame_title(tag, address))}]({target})" if target else ""


def _code(text: str) -> str:
    words = _BLANKS.sub(" ", text)
    if not words.strip():
        return words
    fence = "`" * (max((len(run) for run in _TICKS.findall(words)), default=0) + 1)
    pad = " " if words[0] in "` " or words[-1] in "` " else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def _ends_code(text: str) -> bool:
    return text.endswith("`") and not text.endswith("\\`")


def _after_code(last: str, piece: str) -> str:
    """Two spans of code that touch are one, since ticks in the middle would be read otherwise."""
    fences = re.search(r"`+$", last), re.match(r"`+", piece)
    is_alike = fences[0] is not None and fences[1] is not None and fences[0][0] == fences[1][0] == "`"
    return last[:-1] + piece[1:] if is_alike and last[-2] not in " `" and piece[1] not in " `" else f"{last} {piece}"


def _marked(inner: str, mark: str, name: str, before: str, *, is_plain: bool) -> str:
    """Stars only where nothing around them can change what they mean."""
    core = inner.strip(" \n\\")
    is_sure = bool(core) and core[0].isalnum() and core[-1].isalnum() and not before.endswith(mark[0])
    if is_sure and core == inner.strip(" "):
        return _around(inner, mark, mark)
    return inner if is_plain else _around(inner, f"<{name}>", f"</{name}>")


def _around(inner: str, opening: str, closing: str) -> str:
    """Blanks at the edges stay outside."""
    core = inner.strip(" ")
    if not core:
        return inner
    start = inner[: len(inner) - len(inner.lstrip(" "))]
    return f"{start}{opening}{core}{closing}{inner[len(inner.rstrip(' ')) :]}"


def _apart(tag: Tag, inner: str) -> str:
    """A block inside a run of text: its words must not grow together with their neighbours."""
    return f" {inner.strip(' ')} " if tag.name in {"p", "div", "li", "td", "th", "dt", "dd", "figure"} else inner
