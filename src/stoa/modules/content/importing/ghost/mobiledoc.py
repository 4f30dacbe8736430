"""Mobiledoc, the format of Ghost 1 to 4, in parts of HTML and Markdown. Pure; trusts no index and no type."""

from collections.abc import Iterator
from html import escape
from typing import Any

from stoa.modules.content.importing.html.warnings import Warnings

from .cards import Part, card

_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol"}
_MARKS = {"a", "b", "strong", "i", "em", "code", "s", "del", "u", "sub", "sup", "mark"}
_BREAKS = {"soft-return", "soft-break"}
_MOST = 50_000


def parts_of(document: Any, warnings: Warnings) -> Iterator[Part]:
    if not isinstance(document, dict):
        return
    for section in _list(document.get("sections"))[:_MOST]:
        match section:
            case [1, str(tag), list(markers), *_]:
                yield Part("html", _around(tag, _inline(document, markers)))
            case [2, str(source), *_]:
                yield Part("html", f'<figure><img src="{escape(source)}" alt=""></figure>')
            case [3, str(tag), list(items), *_]:
                inner = "".join(f"<li>{_inline(document, _list(item))}</li>" for item in items)
                yield Part("html", _around(tag if tag == "ol" else "ul", inner))
            case [10, int(number), *_]:
                name, fields = _named(document, "cards", number)
                yield card(name, fields, warnings)
            case _:
                warnings.add("a section that is not known here was left out")


def _around(tag: str, inner: str) -> str:
    name = tag.lower() if tag.lower() in _TAGS else "p"
    return f"<{name}>{inner}</{name}>"


def _inline(document: dict[str, Any], markers: list[Any]) -> str:
    """Markups open and close as on a stack."""
    written: list[str] = []
    open_tags: list[str] = []
    for marker in markers:
        match marker:
            case [0 | 1 as kind, list(opened), int(closed), value, *_]:
                for number in opened:
                    opening, name = _markup(document, number)
                    written.append(opening)
                    open_tags.append(name)
                written.append(escape(str(value), quote=False) if kind == 0 else _atom(document, value))
                written.extend(_end(open_tags.pop()) for _ in range(min(closed, len(open_tags))))
    return "".join(written) + "".join(_end(name) for name in reversed(open_tags))


def _markup(document: dict[str, Any], number: Any) -> tuple[str, str]:
    markups = _list(document.get("markups"))
    if not isinstance(number, int) or not 0 <= number < len(markups):
        return "", ""
    match markups[number]:
        case [str(name), list(told), *_] if name.lower() == "a":
            pairs = dict(zip(map(str, told[::2]), map(str, told[1::2]), strict=False))
            return f'<a href="{escape(pairs.get("href", ""))}">', "a"
        case [str(name), *_] if name.lower() in _MARKS:
            return f"<{name.lower()}>", name.lower()
    return "", ""


def _end(name: str) -> str:
    return f"</{name}>" if name else ""


def _atom(document: dict[str, Any], number: Any) -> str:
    atoms = _list(document.get("atoms"))
    if isinstance(number, int) and 0 <= number < len(atoms):
        match atoms[number]:
            case [str(name), *_] if name in _BREAKS:
                return "<br>"
            case [_, str(words), *_]:
                return escape(words, quote=False)
    return ""


def _named(document: dict[str, Any], table: str, number: int) -> tuple[str, dict[str, Any]]:
    rows = _list(document.get(table))
    match rows[number] if 0 <= number < len(rows) else None:
        case [str(name), dict(fields), *_]:
            return name, fields
        case [str(name), *_]:
            return name, {}
    return "card without a name", {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
