"""Markdown as plain words, block by block: for what reads texts rather than shows them. Linear in the text's length."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

_FENCE: Final = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM: Final = re.compile(r"\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+")
_PICTURE: Final = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)")
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,500})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_ADDRESS: Final = re.compile(r"<?https?://[^\s<>]{1,2000}>?")
_MARKS: Final = re.compile(r"(\*\*|__|~~|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))")


@dataclass(frozen=True, slots=True)
class Block:
    """`text` has neither marks nor addresses; code is as it was written. `level` is a heading's, from 1."""

    kind: Literal["heading", "text", "code", "table"]
    text: str
    level: int = 0


def blocks(markdown: str) -> Iterator[Block]:
    """In order; each item of a list is one, and each paragraph."""
    kept: list[str] = []
    kind: Literal["text", "code", "table"] = "text"
    is_fenced = False
    for line in (*markdown.splitlines(), ""):
        is_fence = _FENCE.match(line) is not None
        heading = None if is_fenced else _HEADING.match(line)
        item = None if is_fenced else _ITEM.match(line)
        now = _kind(line, is_fenced=is_fenced)
        ends = is_fence or heading or item or now != kind or (now == "text" and not line.strip())
        if ends and kept:
            yield from _made(kind, kept)
            kept = []
        kind = now
        if is_fence:
            is_fenced = not is_fenced
        elif heading:
            words = bare(heading.group(2))
            if words:
                yield Block("heading", words, len(heading.group(1)))
        elif line.strip() or now == "code":
            kept.append(line[item.end() :] if item else line)
    if kept:
        yield from _made(kind, kept)


def bare(line: str) -> str:
    """One line without pictures, addresses, HTML and marks."""
    without = _LINK.sub(r"\1", _PICTURE.sub("", line))
    return " ".join(_MARKS.sub("", _ADDRESS.sub("", _TAG.sub("", without))).split())


def _kind(line: str, *, is_fenced: bool) -> Literal["text", "code", "table"]:
    if is_fenced or line.startswith(("    ", "\t")):
        return "code"
    return "table" if line.startswith("|") else "text"


def _made(kind: Literal["text", "code", "table"], lines: list[str]) -> Iterator[Block]:
    match kind:
        case "code":
            text = "\n".join(lines).strip("\n")
        case "table":
            text = bare(" ".join(lines).replace("|", " "))
        case _:
            text = bare(" ".join(line.lstrip("> ") for line in lines))
    if text:
        yield Block(kind, text)
