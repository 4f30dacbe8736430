"""Cuts an article into passages: by its headings, then at paragraphs, each some 150 words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stoa.shared.markdown.prose import Block, blocks

ENOUGH: Final = 130
_MOST: Final = 220
_MOST_PASSAGES: Final = 400
_LONGEST_CODE: Final = 1_200
_LONGEST: Final = 8_000


@dataclass(frozen=True, slots=True)
class Cut:
    heading: str
    anchor: str
    text: str


def cut(title: str, markdown: str, toc: Sequence[Mapping[str, Any]]) -> list[Cut]:
    """In order. `toc` holds the anchors of its headings; a first heading that repeats the title is none."""
    return [one for _, one in zip(range(_MOST_PASSAGES), _cuts(title, markdown, toc), strict=False)]


def _cuts(title: str, markdown: str, toc: Sequence[Mapping[str, Any]]) -> Iterator[Cut]:
    anchors = [(_plain(one["text"]), str(one["id"])) for one in toc]
    heading, anchor = "", ""
    path: list[tuple[int, str]] = []
    kept: list[str] = []
    for block in blocks(markdown):
        if block.kind == "heading":
            yield from _made(heading, anchor, kept)
            kept = []
            if not path and _plain(block.text) == _plain(title):
                continue
            path = [*((level, text) for level, text in path if level < block.level), (block.level, block.text)]
            heading = " / ".join(text for _, text in path)
            place = next((at for at, (text, _) in enumerate(anchors) if text == _plain(block.text)), None)
            if place is not None:
                anchor = anchors.pop(place)[1]
            continue
        text = _text(block)
        size = sum(len(one.split()) for one in kept)
        if size >= ENOUGH or (kept and size + len(text.split()) > _MOST):
            yield from _made(heading, anchor, kept)
            kept = []
        kept.append(text)
    yield from _made(heading, anchor, kept)


def _made(heading: str, anchor: str, kept: Sequence[str]) -> Iterator[Cut]:
    """A paragraph that is too long by itself is cut between its sentences' words."""
    text = "\n".join(kept)
    while len(text) > _LONGEST:
        end = text.rfind(" ", 0, _LONGEST)
        end = end if end > 0 else _LONGEST
        yield Cut(heading, anchor, text[:end])
        text = text[end:].lstrip()
    if text.strip():
        yield Cut(heading, anchor, text)


def _text(block: Block) -> str:
    return block.text[:_LONGEST_CODE] if block.kind == "code" else block.text


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
