"""What Markdown cannot say stays HTML, in one block without a blank line: tables with spans, captions, definitions.

Only tags and attributes that a page may show; the sanitiser has the last word all the same.
"""

import re
from html import escape

from bs4.element import Tag

from stoa.shared.markdown.links import is_https_or_relative
from stoa.shared.markdown.sanitise import ARTICLE_TAGS

from .embeds import shown_by
from .escaping import destination
from .parsing import attribute, is_text, words_of

_DROPPED = (
    "applet base canvas embed form frame frameset head input link math meta noembed noframes noscript object option "
    "param portal script select style svg template textarea title"
)
DROPPED = frozenset(_DROPPED.split())
ALSO_CALLED = {"strike": "del", "tt": "code", "acronym": "abbr", "xmp": "pre", "listing": "pre"}
_ATTRIBUTES = {
    "a": ("href", "title"), "abbr": ("title",), "img": ("src", "alt"), "ol": ("start",), "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"), "time": ("datetime",), "col": ("span",), "li": ("value",), "dfn": ("title",),
}  # fmt: skip
_VOID = {"br", "hr", "img", "col", "wbr"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def start_tag(tag: Tag, name: str) -> str:
    told = "".join(
        f' {key}="{escape(value)}"' for key in _ATTRIBUTES.get(name, ()) if (value := _value(tag, key)) is not None
    )
    return f"<{name}{told}>"


def as_html(tag: Tag) -> str:
    """A tag with all below it, on one line."""
    name = ALSO_CALLED.get(tag.name, tag.name)
    if name in DROPPED:
        return ""
    if name == "pre":
        code = escape(words_of(tag).removeprefix("\n").removesuffix("\n"), quote=False)
        return f"<pre><code>{code}</code></pre>".replace("\n", "&#10;")
    if name in {"iframe", "audio", "video"}:
        return linked_media(tag)
    inner = inside(tag)
    if name not in ARTICLE_TAGS or (name == "a" and _value(tag, "href") is None):
        return inner
    if name in _VOID:
        return start_tag(tag, name)
    return f"{start_tag(tag, name)}{inner}</{name}>"


def inside(tag: Tag) -> str:
    """All below a tag, on one line."""
    parts = []
    for node in tag.children:
        if isinstance(node, Tag):
            parts.append(as_html(node))
        elif is_text(node):
            parts.append(escape(_BLANKS.sub(" ", str(node)), quote=False))
    return "".join(parts)


def source_of(tag: Tag) -> str:
    """The address of a picture, a sound, a film or a frame."""
    if found := attribute(tag, "src") or attribute(tag, "data-src"):
        return found.strip()
    inner = tag.find("source", src=True)
    return attribute(inner, "src").strip() if isinstance(inner, Tag) else ""


def linked_media(tag: Tag) -> str:
    """A player where a page may have one, else a link to the thing."""
    source = source_of(tag)
    address = shown_by(source) if tag.name == "iframe" else source
    target = destination(address)
    if target is None:
        return ""
    if tag.name != "iframe" and is_https_or_relative(target):
        return f'<{tag.name} src="{escape(target)}"></{tag.name}>'
    return f'<a href="{escape(target)}">{escape(frame_title(tag, address), quote=False)}</a>'


def frame_title(tag: Tag, address: str) -> str:
    return " ".join(attribute(tag, "title").split()) or address


def _value(tag: Tag, key: str) -> str | None:
    value = attribute(tag, key)
    if key in {"href", "src"}:
        target = destination(value)
        return target.replace("&amp;", "&") if target else None
    if key in {"colspan", "rowspan", "start", "span", "value"}:
        return value if value.isdigit() and len(value) < 5 else None
    return value or ("" if key == "alt" else None)
