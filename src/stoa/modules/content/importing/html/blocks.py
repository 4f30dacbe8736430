"""The blocks of a tree in Markdown: paragraphs, headings, lists, quotes, code, tables, figures."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from bs4.element import NavigableString, PageElement, Tag

from .escaping import line_starts
from .inline import BREAK, Inline
from .parsing import BLOCKS, attribute, is_text, with_blocks, words_of
from .raw import ALSO_CALLED, DROPPED, as_html, inside, linked_media
from .tables import pipe_table
from .warnings import Warnings

_DEEPEST_LIST = 12
_NEED_HTML = {"table", "dl", "details", "figure", "audio", "video"}
_HEADING = re.compile(r"h[1-6]")
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n[ \t\r\n\f]*")
_LANGUAGE = re.compile(r"(?:language|lang|brush)[-:]\s*([\w+#.-]{1,40})")
_STARTS_ANYWHERE = re.compile(r"(?:[-+]|1[.)]) \S")
_TAIL_HASHES = re.compile(r"(#+)$")


class Blocks:
    """One document. `has_breaks`: blank lines divide paragraphs, line ends stay."""

    def __init__(self, root: Tag, warnings: Warnings, *, has_breaks: bool, is_plain: bool = False) -> None:
        self._root = root
        self._warnings = warnings
        self._has_breaks = has_breaks
        self._blocky = with_blocks(root)
        self._is_plain = is_plain
        self._inline = Inline(warnings, has_breaks=has_breaks, is_plain=is_plain)
        self._depth = 0
        self._writers = self._all_writers()

    def all(self) -> str:
        return "\n\n".join(self._children(self._root))

    def _children(self, tag: Tag) -> list[str]:
        return self._sequence(tag.children)

    def _sequence(self, nodes: Iterable[PageElement]) -> list[str]:
        blocks: list[str] = []
        run: list[PageElement] = []
        for node in nodes:
            if self._is_block(node) and isinstance(node, Tag):
                blocks += self._flush(run)
                blocks += self._block(node, blocks)
                run = []
            else:
                run.append(node)
        return [*blocks, *self._flush(run)]

    def _is_block(self, node: PageElement) -> bool:
        return isinstance(node, Tag) and (node.name in BLOCKS or id(node) in self._blocky)

    def _flush(self, run: list[PageElement]) -> list[str]:
        texts = (_trimmed(self._inline.run(part)) for part in self._paragraphs(run))
        return [line_starts(text) for text in texts if text]

    def _paragraphs(self, run: list[PageElement]) -> Iterator[list[PageElement]]:
        part: list[PageElement] = []
        for node in run:
            if not (self._has_breaks and is_text(node)) or not _BLANK_LINE.search(str(node)):
                part.append(node)
                continue
            first, *others = _BLANK_LINE.split(str(node))
            part.append(NavigableString(first))
            for text in others:
                yield part
                part = [NavigableString(text)]
        yield part

    def _block(self, tag: Tag, before: list[str]) -> list[str]:
        name = ALSO_CALLED.get(tag.name, tag.name)
        if name in DROPPED:
            self._warnings.dropped(tag)
            return []
        if self._is_plain and (name in _NEED_HTML or _HEADING.fullmatch(name)):
            return self._children(tag)
        if name in {"ul", "ol", "menu", "dir"}:
            return self._list(tag, before)
        return self._writers.get(name, self._children)(tag)

    def _all_writers(self) -> dict[str, Callable[[Tag], list[str]]]:
        """By tag; what is not among them is a mere container."""
        headings = {f"h{level}": partial(self._heading, level=level) for level in range(1, 7)}
        return headings | {
            "blockquote": self._quote,
            "pre": self._pre,
            "hr": lambda _: ["***"],
            "table": lambda tag: [pipe_table(tag, self._inline, self._blocky) or self._raw(tag)],
            "dl": lambda tag: [self._raw(tag)],
            "details": self._details,
            "figure": self._figure,
            "audio": self._player,
            "video": self._player,
            "iframe": lambda tag: self._flush([tag]),
            "a": self._wide_link,
        }

    def _pre(self, tag: Tag) -> list[str]:
        return self._verse(tag) if "verse" in attribute(tag, "class") else [_fenced(tag)]

    def _player(self, tag: Tag) -> list[str]:
        player = linked_media(tag)
        return [f"<figure>{player}</figure>"] if player.startswith(f"<{tag.name}") else self._flush([tag])

    def _raw(self, tag: Tag) -> str:
        for node in tag.find_all(["script", "style", "form", "object", "embed", "svg"]):
            self._warnings.dropped(node)
        return as_html(tag)

    def _heading(self, tag: Tag, *, level: int) -> list[str]:
        text = _trimmed(self._inline.run(tag.children)).replace(BREAK, "<br>").replace("\n", " ")
        safe = _TAIL_HASHES.sub(r"\\\1", text)
        return [f"{'#' * level} {safe}"] if text else []

    def _quote(self, tag: Tag) -> list[str]:
        inner = "\n\n".join(self._deeper(tag))
        return ["\n".join(f"> {line}".rstrip(" ") for line in inner.split("\n"))] if inner else []

    def _deeper(self, tag: Tag) -> list[str]:
        """Its blocks, or its words alone where lists and quotes lie too deep to be read."""
        if self._depth >= _DEEPEST_LIST:
            self._warnings.add("lists and quotes that lie more than 12 deep became plain text")
            return self._flush([NavigableString(" ".join(words_of(tag).split()))])
        self._depth += 1
        try:
            return self._children(tag)
        finally:
            self._depth -= 1

    def _list(self, tag: Tag, before: list[str]) -> list[str]:
        if "gallery" in attribute(tag, "class"):
            return [block for item in _items(tag) if isinstance(item, Tag) for block in self._children(item)]
        is_numbered = tag.name == "ol"
        start = attribute(tag, "start")
        number = int(start) if start.isdigit() and len(start) < 9 else 1
        mark = self._mark(before, is_numbered=is_numbered)
        items = []
        for item in _items(tag):
            blocks = self._item(item)
            bullet = f"{number}{mark} " if is_numbered else f"{mark} "
            items.append((bullet, blocks))
            number += 1
        items = [one for one in items if one[1]]
        return [_written(items)] if items else []

    def _item(self, item: PageElement) -> list[str]:
        if not isinstance(item, Tag):
            return self._flush([item])
        if item.name != "li":
            return self._sequence([item])
        blocks = self._deeper(item)
        box = item.find("input", type="checkbox")
        if isinstance(box, Tag):
            state = "[x] " if box.has_attr("checked") else "[ ] "
            blocks = [state + (blocks[0] if blocks else ""), *blocks[1:]]
        return blocks

    def _mark(self, before: list[str], *, is_numbered: bool) -> str:
        """Another sign than the list right before has, so that two lists stay two."""
        last = before[-1].split("\n", 1)[0] if before else ""
        if is_numbered:
            return ")" if re.match(r"\d+\. ", last) else "."
        return "+" if last.startswith("- ") else "-"

    def _details(self, tag: Tag) -> list[str]:
        summary = tag.find("summary", recursive=False)
        head = f"<summary>{inside(summary).strip()}</summary>" if isinstance(summary, Tag) else ""
        inner = self._sequence([node for node in tag.children if node is not summary])
        return [f"<details>{head}", *inner, "</details>"]

    def _figure(self, tag: Tag) -> list[str]:
        caption, images = tag.find("figcaption", recursive=False), tag.find_all("img")
        others = tag.find(["figure", "pre", "table", "blockquote", "ul", "ol", "p", "iframe", "video", "audio"])
        if not isinstance(caption, Tag) or len(images) != 1 or others or caption.find("img"):
            return self._children(tag)
        words = " ".join(words_of(caption).split())
        if not words:
            return self._flush([node for node in tag.descendants if node is images[0]])
        return [self._raw(tag)] if caption.find(True) else self._captioned(tag, images[0], words)

    def _captioned(self, tag: Tag, image: Tag, words: str) -> list[str]:
        link = tag.find("a", href=True)
        image["alt"] = attribute(image, "alt")
        if self._depth or (isinstance(link, Tag) and any(node is image for node in link.descendants)):
            return [self._raw(tag)]  # only Markdown's own image alone in a paragraph gets its title as a caption
        text = self._inline.image(image, words)
        return [text] if text else self._flush([NavigableString(words)])

    def _verse(self, tag: Tag) -> list[str]:
        lines = [line.strip() for line in words_of(tag).strip("\n").split("\n")]
        return ["\n\n".join(self._lines(lines))]

    def _lines(self, lines: list[str]) -> Iterator[str]:
        """Stanzas, their lines kept."""
        stanza: list[str] = []
        for line in [*lines, ""]:
            if line:
                stanza.append(self._inline.run([NavigableString(line)]))
            elif stanza:
                yield line_starts(BREAK.join(stanza))
                stanza = []

    def _wide_link(self, tag: Tag) -> list[str]:
        """A link around blocks: one around a run of text when there is no list or table in it."""
        if tag.find(["ul", "ol", "table", "pre", "blockquote", "dl", "iframe", "video", "audio"]) or not tag.get(
            "href"
        ):
            return self._children(tag)
        return self._flush([tag])


def _items(tag: Tag) -> Iterator[PageElement]:
    for node in tag.children:
        if isinstance(node, Tag) or (is_text(node) and str(node).strip()):
            yield node


def _written(items: list[tuple[str, list[str]]]) -> str:
    """A list; loose when an item has more than one paragraph, so that none grow together."""
    is_loose = any(not _fits_tight(block) for _, blocks in items for block in blocks[1:])
    between = "\n\n" if is_loose else "\n"
    lines = []
    for bullet, blocks in items:
        first, *rest = between.join(blocks).split("\n")
        indent = " " * len(bullet)
        lines.append("\n".join([bullet + first, *(indent + line if line else "" for line in rest)]))
    return between.join(lines)


def _fits_tight(block: str) -> bool:
    """Whether a block can follow a paragraph without a blank line between: a plain list can."""
    return _STARTS_ANYWHERE.match(block) is not None and "\n\n" not in block


def _trimmed(text: str) -> str:
    """Without blanks and breaks at the edges."""
    done = text.strip(" \n")
    while done.startswith(BREAK):
        done = done[2:].lstrip(" \n")
    while done.endswith("\\") and text.rstrip(" \n") != text and _is_break_at_end(done):
        done = done[:-1].rstrip(" \n")
    return done if done.strip() else ""


def _is_break_at_end(text: str) -> bool:
    """A backslash that stands for itself has another before it."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _fenced(tag: Tag) -> str:
    """Code with every blank as it was."""
    code = words_of(tag).replace("\r\n", "\n").replace("\r", "\n")
    code = code.removeprefix("\n").removesuffix("\n")
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", code)), default=0) + 1)
    return f"{fence}{_language(tag)}\n{code}\n{fence}"


def _language(tag: Tag) -> str:
    for place in (tag, *tag.find_all("code")):
        if name := attribute(place, "data-language") or attribute(place, "data-lang"):
            return name if re.fullmatch(r"[\w+#.-]{1,40}", name) else ""
        if found := _LANGUAGE.search(attribute(place, "class")):
            return found[1]
    return ""
