"""HTML of any quality to a tree that is not deep, with the ends that HTML leaves out put in. Knows no Markdown."""

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from stoa.modules.content.importing.errors import ItemRefused

LONGEST = 1_048_576
_DEEPEST = 80
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLOCKS = (
    "address article aside audio blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav ol optgroup p pre "
    "section summary table tbody td tfoot th thead tr ul video"
)
BLOCKS = frozenset(_BLOCKS.split())
_ENDS_PARAGRAPH = BLOCKS - {"audio", "video", "iframe"}
_WALLS = {"table", "td", "th", "div", "ul", "ol", "dl", "blockquote", "section", "figure", "details"}
_ENDED_BY = {
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": {"td", "th", "tr", "tbody", "tfoot"},
    "th": {"td", "th", "tr", "tbody", "tfoot"},
    "tr": {"tr", "tbody", "tfoot", "thead"},
}


class _Soup(BeautifulSoup):
    """Ends paragraphs, items and cells where the next one starts, and passes over tags that lie too deep."""

    def handle_starttag(self, name: str, *given: Any, **named: Any) -> Tag | None:
        self.endData()
        self._end_what_it_ends(name)
        if len(self.tagStack) > _DEEPEST:
            return None
        return super().handle_starttag(name, *given, **named)

    def _end_what_it_ends(self, name: str) -> None:
        for tag in reversed(self.tagStack):
            if (tag.name == "p" and name in _ENDS_PARAGRAPH) or name in _ENDED_BY.get(tag.name, ()):
                self._popToTag(tag.name)
                return
            if tag.name in _WALLS and not (tag.name in {"td", "th"} and name in {"tr", "td", "th"}):
                return


def parse(html: str) -> Tag:
    """The root of the tree. Raises ItemRefused for more than 1 MB."""
    check_length(html)
    return _Soup(f"<body>{_UNSTORABLE.sub('', html)}", "html.parser")


def check_length(html: str) -> None:
    if len(html) > LONGEST:
        raise ItemRefused(f"The text has {len(html):,} characters of HTML; {LONGEST:,} are allowed. Divide it.")


def is_text(node: PageElement) -> bool:
    """Whether a reader can see it: comments, declarations and instructions are no text."""
    return isinstance(node, NavigableString) and not isinstance(node, PreformattedString)


def words_of(tag: Tag) -> str:
    """All text below a tag, as it stands; a line for each `<br>`."""
    return "".join(str(node) if is_text(node) else "\n" for node in tag.descendants if is_text(node) or _is_break(node))


def attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else str(value or "")


def with_blocks(root: Tag) -> set[int]:
    """The ids of the tags that hold a block somewhere below."""
    found: set[int] = set()
    for block in root.find_all(list(BLOCKS)):
        for parent in block.parents:
            if id(parent) in found:
                break
            found.add(id(parent))
    return found


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"
