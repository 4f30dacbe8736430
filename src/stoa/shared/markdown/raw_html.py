"""Settles HTML that authors write into Markdown before it meets the sanitiser: what would swallow the rest of the
page, tags left open by the hundred, second level-1 headings. Makes nothing safe; that is the sanitiser's work alone.
"""

import re
from collections import Counter
from collections.abc import Sequence

from markdown_it.token import Token

from stoa.shared.errors import InvalidInput

from .links import OUTWARD_REL
from .raw_images import settle_images

MAX_OPEN_TAGS = 200
"""HTML parsers take quadratic time and space for open tags: 10 KB of `<b class="1"><b class="2">…<p>` took 0.3 s."""

_SWALLOWING = (
    "applet frameset iframe math noembed noframes noscript object plaintext script select style svg template textarea "
    "title xmp"
)
SWALLOWING = frozenset(_SWALLOWING.split())
"""Elements whose content is dropped with them. Left open they would take the rest of the article along."""

_VOID = "area base br col embed hr img input link meta param source track wbr"
_CLOSED_BY_THE_NEXT = "p li td th tr dt dd tbody thead tfoot colgroup option"
_NEVER_LEFT_OPEN = frozenset(f"{_VOID} {_CLOSED_BY_THE_NEXT}".split())
_TAG = re.compile(r"(?ai)<(/?)([a-z][^\s/>]*)")
_SWALLOWING_START = re.compile(rf"(?ai)<({'|'.join(sorted(SWALLOWING))})(?=[\s/>]|$)")
_SWALLOWING_END = {name: re.compile(rf"(?ai)</{name}[^>]*>?") for name in SWALLOWING}
_LEVEL_ONE = re.compile(r"(?ai)(</?)h1(?=[\s/>])")
_LONE_IMAGE = re.compile(r"(?ai)\s*(<img\s[^<>]*>)\s*")
_INPUT = re.compile(r"(?ai)<input(?=[\s/>])")
_OUTWARD_LINK = re.compile(r"(?ai)<a(?=\s[^<>]*href\s*=\s*[\"']?(?:https?:)?//)")


def settle_raw_html(tokens: Sequence[Token]) -> None:
    """Change the HTML tokens in place. Raises InvalidInput for too many open tags."""
    open_tags = _OpenTags()
    for token in tokens:
        if token.type == "html_block":
            token.content = _settled(_figure(_without_swallowing(token.content)))
            open_tags.count(token.content)
        elif token.type == "inline" and token.children:
            token.children = _settled_run(token.children)
            for child in token.children:
                if child.type == "html_inline":
                    child.content = _settled(child.content)
                    open_tags.count(child.content)


def _settled(html: str) -> str:
    """With the attributes that the sanitiser demands, in a fixed order: added by it they would come in any. A check
    box is the parser's to make, from `- [ ]`; as `unknown` an author's goes the way of all unknown elements.
    """
    html = _LEVEL_ONE.sub(r"\1h2", html)
    html = _OUTWARD_LINK.sub(f'<a rel="{OUTWARD_REL}"', html)
    return _INPUT.sub("<unknown", settle_images(html))


def _figure(html: str) -> str:
    """A block that is an image and nothing else becomes a figure, as in Markdown."""
    image = _LONE_IMAGE.fullmatch(html)
    return f"<figure>{image.group(1)}</figure>\n" if image else html


def _without_swallowing(html: str) -> str:
    """A block without its swallowing elements; a start without an end becomes the text it looks like."""
    parts: list[str] = []
    position = 0
    endless: set[str] = set()
    for match in _SWALLOWING_START.finditer(html):
        if match.start() < position:
            continue
        name = match.group(1).lower()
        end = None if name in endless else _SWALLOWING_END[name].search(html, match.end())
        parts.append(html[position : match.start()])
        if end is None:
            endless.add(name)
            parts.append("&lt;")
        position = end.end() if end else match.start() + 1
    return "".join([*parts, html[position:]])


def _settled_run(children: list[Token]) -> list[Token]:
    """The same for a run of text, where each tag is a token of its own."""
    last_end = {name: place for place, child in enumerate(children) if (name := _swallowing_end(child))}
    kept: list[Token] = []
    waiting_for = ""
    for place, child in enumerate(children):
        if waiting_for:
            waiting_for = "" if _swallowing_end(child) == waiting_for else waiting_for
            continue
        start = _SWALLOWING_START.match(child.content) if child.type == "html_inline" else None
        if start is None:
            kept.append(child)
        elif last_end.get(start.group(1).lower(), -1) > place:
            waiting_for = start.group(1).lower()
        else:
            kept.append(Token("text", "", 0, content=child.content))
    return kept


def _swallowing_end(child: Token) -> str:
    match = _TAG.match(child.content) if child.type == "html_inline" else None
    name = match.group(2).lower() if match and match.group(1) else ""
    return name if name in SWALLOWING else ""


class _OpenTags:
    def __init__(self) -> None:
        self._by_name: Counter[str] = Counter()
        self._total = 0

    def count(self, html: str) -> None:
        for end, tag in _TAG.findall(html):
            name = tag.lower()
            if name in _NEVER_LEFT_OPEN:
                continue
            if not end:
                self._add(name, 1)
            elif self._by_name[name]:
                self._add(name, -1)

    def _add(self, name: str, change: int) -> None:
        self._by_name[name] += change
        self._total += change
        if self._total > MAX_OPEN_TAGS:
            raise InvalidInput(f"More than {MAX_OPEN_TAGS} HTML tags are open, the last <{name[:20]}>. Close them.")
