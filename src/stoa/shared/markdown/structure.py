"""The shape of a document, read from and written into its tokens: title, heading levels and anchors, figures."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from .document import TocEntry
from .plain import html_text, inline_text

HEADING_PREFIX = "h-"
"""Every id an author can cause starts with this or with `fn`, so that none can be one of the page's own."""

TOC_LEVELS = (2, 3)
LONGEST_ANCHOR = 100


def take_title(tokens: list[Token], *, drop: bool) -> str | None:
    """The text of a level-1 heading that nothing but comments precedes; with `drop` it leaves the tokens."""
    for place, token in enumerate(tokens):
        if token.type == "html_block" and not html_text(token.content):
            continue
        if token.type != "heading_open" or token.tag != "h1":
            return None
        title = inline_text(tokens[place + 1].children)
        if drop:
            del tokens[place : place + 3]
        return title or None
    return None


def lower_headings(tokens: Sequence[Token]) -> None:
    """The page has its own level 1: where the text has one too, all its headings go one level down."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    if any(heading.tag == "h1" for heading in headings):
        for heading in headings:
            heading.tag = f"h{min(int(heading.tag[1]) + 1, 6)}"


def anchor_headings(tokens: Sequence[Token], anchors: "Anchors") -> tuple[TocEntry, ...]:
    """Give every heading an id and a link to itself, and list those of level 2 and 3."""
    toc: list[TocEntry] = []
    for opening, run in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        text = inline_text(run.children)
        anchor = anchors.new(text)
        opening.attrSet("id", anchors.marked(anchor))
        run.children = [*(run.children or ()), *_link_to(anchor)]
        level = int(opening.tag[1])
        if level in TOC_LEVELS and text and not opening.level:
            toc.append(TocEntry(level, anchor, text))
    return tuple(toc)


def replace_images(children: Sequence[Token], *, every: bool) -> Iterator[Token]:
    """The run without images inside `data:` addresses, or without any: their text stays, with a link where it can."""
    is_in_link = False
    for child in children:
        if child.type in {"link_open", "link_close"}:
            is_in_link = child.type == "link_open"
        source = str(child.attrs.get("src", ""))
        is_data = source.lower().startswith("data:")
        if child.type != "image" or not (every or is_data):
            yield child
            continue
        shown = Token("text", "", 0, content=inline_text(child.children) or ("" if is_data else source))
        if is_in_link or is_data:
            yield shown
        else:
            yield from (Token("link_open", "a", 1, attrs={"href": source}), shown, Token("link_close", "a", -1))


def make_figures(tokens: Sequence[Token]) -> None:
    """An image alone in its paragraph becomes a figure, its title the caption."""
    for place, token in enumerate(tokens):
        if token.type != "paragraph_open" or token.hidden:
            continue
        run, closing = tokens[place + 1], tokens[place + 2]
        image = _lone_image(run.children or [])
        if image is None:
            continue
        token.type, closing.type = "figure_open", "figure_close"
        token.tag = closing.tag = "figure"
        caption = str(image.attrs.pop("title", ""))
        if caption:
            run.children = [*(run.children or ()), *_caption(caption)]


class Anchors:
    """The ids of one document: unique, in the words of the headings, as GitHub makes them, with our prefix."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self._next: dict[str, int] = {}
        self.taken: set[str] = set()

    def new(self, text: str) -> str:
        words = "".join(filter(_stays_in_anchor, text.lower()[:LONGEST_ANCHOR])).replace(" ", "-")
        base = HEADING_PREFIX + (words or "section")
        anchor, number = base, self._next.get(base, 1)
        while anchor in self.taken:
            anchor, number = f"{base}-{number}", number + 1
        self._next[base] = number
        return anchor

    def marked(self, anchor: str) -> str:
        """An id with the mark by which the sanitiser knows it as ours; no author can guess it."""
        self.taken.add(anchor)
        return self.mark + anchor


def _stays_in_anchor(character: str) -> bool:
    """Letters, digits and the marks that belong to them in many scripts."""
    return character.isalnum() or character in "-_ " or unicodedata.category(character).startswith("M")


def _link_to(anchor: str) -> list[Token]:
    attributes: dict[str, str | int | float] = {
        "class": "heading-anchor",
        "href": f"#{anchor}",
        "aria-label": "Link to this section",
    }
    return [Token("anchor_open", "a", 1, attrs=attributes), Token("anchor_close", "a", -1)]


def _lone_image(children: Sequence[Token]) -> Token | None:
    """The image of a run that holds nothing else, or nothing but the link around it."""
    inner = list(children)
    if len(inner) > 2 and inner[0].type == "link_open" and inner[-1].type == "link_close":
        inner = inner[1:-1]
    return inner[0] if len(inner) == 1 and inner[0].type == "image" else None


def _caption(text: str) -> list[Token]:
    return [
        Token("caption_open", "figcaption", 1),
        Token("text", "", 0, content=text),
        Token("caption_close", "figcaption", -1),
    ]
