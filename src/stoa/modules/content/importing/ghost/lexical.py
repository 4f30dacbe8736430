"""Lexical, the format of Ghost 5 and 6, in parts of HTML and Markdown. Pure; trusts no type and no depth."""

from collections.abc import Iterator
from html import escape
from typing import Any

from stoa.modules.content.importing.html.warnings import Warnings

from .cards import Part, card

_DEEPEST = 40
_FORMATS = ((16, "code"), (1, "strong"), (2, "em"), (4, "s"), (8, "u"), (32, "sub"), (64, "sup"), (128, "mark"))
_BLOCKS = {
    "paragraph": "p", "quote": "blockquote", "extended-quote": "blockquote", "aside": "blockquote",
    "heading": "h2", "extended-heading": "h2",
}  # fmt: skip
_WORDS = {"text", "extended-text", "linebreak", "link", "autolink", "tab", "at-link", "tk"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def parts_of(document: Any, warnings: Warnings) -> Iterator[Part]:
    root = document.get("root") if isinstance(document, dict) else None
    for node in _children(root):
        name = str(node.get("type", ""))
        if name in _BLOCKS or name == "list" or name in _WORDS:
            yield Part("html", _html(node, 0))
        else:
            yield card(name, node, warnings)


def _html(node: dict[str, Any], depth: int) -> str:
    if depth > _DEEPEST:
        return ""
    name = str(node.get("type", ""))
    match name:
        case "text" | "extended-text" | "tk":
            return _formatted(node)
        case "linebreak" | "tab":
            return "<br>" if name == "linebreak" else " "
        case "link" | "autolink" | "at-link":
            return f'<a href="{escape(str(node.get("url") or ""))}">{_inner(node, depth)}</a>'
        case "list":
            return _list(node, depth)
    inner = _inner(node, depth)
    tag = str(node.get("tag", ""))
    wanted = tag if name.endswith("heading") and tag in _HEADINGS else _BLOCKS.get(name)
    return f"<{wanted}>{inner}</{wanted}>" if wanted else inner


def _inner(node: dict[str, Any], depth: int) -> str:
    return "".join(_html(child, depth + 1) for child in _children(node))


def _list(node: dict[str, Any], depth: int) -> str:
    """A list inside a list stands in an item of its own there; here it belongs to the item before."""
    items: list[str] = []
    for item in _children(node):
        inner = _inner(item, depth + 1)
        is_nested = any(child.get("type") == "list" for child in _children(item)[:1])
        if is_nested and items:
            items[-1] += inner
        else:
            items.append(inner)
    body = "".join(f"<li>{item}</li>" for item in items)
    start = node.get("start")
    if node.get("listType") == "number" or node.get("tag") == "ol":
        return f'<ol start="{start if isinstance(start, int) else 1}">{body}</ol>'
    return f"<ul>{body}</ul>"


def _formatted(node: dict[str, Any]) -> str:
    words = escape(str(node.get("text") or ""), quote=False)
    mask = node.get("format")
    if isinstance(mask, int):
        for bit, tag in _FORMATS:
            if mask & bit:
                words = f"<{tag}>{words}</{tag}>"
    return words


def _children(node: Any) -> list[dict[str, Any]]:
    found = node.get("children") if isinstance(node, dict) else None
    return [child for child in found if isinstance(child, dict)] if isinstance(found, list) else []
