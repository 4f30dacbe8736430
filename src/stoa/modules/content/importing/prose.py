"""Tells prose from code in a Markdown text, in one linear pass, so that only prose is ever rewritten."""

import io
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator

_CONTAINER = r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*+"
_OPEN = re.compile(rf"{_CONTAINER}(`{{3,}}(?=[^`]*$)|~{{3,}})")
_CLOSE = re.compile(r"[ \t>]*+(`{3,}|~{3,})[ \t]*$")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*\S")
_LIST_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_LIST_STARTS = frozenset(" -*+0123456789")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_TICKS = re.compile(r"(?<!\\)`+")


def change_prose(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` made to every piece that is neither a block nor a span of code."""
    return "".join(piece if is_code else change(piece) for is_code, piece in split_prose(text))


def split_prose(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is code; joined they are the text."""
    for is_code, block in split_blocks(text):
        if is_code or "`" not in block:
            yield is_code, block
            continue
        for paragraph in _paragraphs(block):  # a span ends with its paragraph
            yield from _split_spans(paragraph)


def split_blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Runs of lines, each with whether it is a block of code."""
    lines = _Lines()
    run: list[str] = []
    run_is_code = False
    for line in io.StringIO(text):
        is_code, starts = lines.look_at(line)
        if run and (is_code is not run_is_code or starts):
            yield run_is_code, "".join(run)
            run = []
        run.append(line)
        run_is_code = is_code
    if run:
        yield run_is_code, "".join(run)


class _Lines:
    """Where in the structure of blocks a line stands, as far as telling code needs it."""

    def __init__(self) -> None:
        self._fence: str | None = None
        self._in_list = False
        self._may_indent = True

    def look_at(self, line: str) -> tuple[bool, bool]:
        """Whether the line is code, and whether it opens a fence."""
        if self._fence is not None:
            if self._fence in line and _closes(line, self._fence):
                self._fence = None
            return True, False
        if ("```" in line or "~~~" in line) and (opening := _OPEN.match(line)):
            self._fence = opening[1]
            self._in_list = self._in_list or _LIST_ITEM.match(line) is not None
            return True, True
        return self._is_indented_code(line), False

    def _is_indented_code(self, line: str) -> bool:
        if line.isspace():
            self._may_indent = True
            return False
        is_indented = line[0] in " \t"
        if is_indented and self._may_indent and not self._in_list and _INDENTED.match(line):
            return True
        if line[0] in _LIST_STARTS and _LIST_ITEM.match(line):
            self._in_list = True
        elif not is_indented:
            self._in_list = False
        self._may_indent = False
        return False


def _paragraphs(block: str) -> Iterator[str]:
    start = 0
    for blank in _BLANK_LINE.finditer(block):
        yield block[start : blank.end()]
        start = blank.end()
    yield block[start:]


def _closes(line: str, fence: str) -> bool:
    found = _CLOSE.match(line)
    return found is not None and found[1][0] == fence[0] and len(found[1]) >= len(fence)


def _split_spans(block: str) -> Iterator[tuple[bool, str]]:
    """Spans of code end at the next run of as many backticks; runs are paired by length, so this stays linear."""
    runs = [found.span() for found in _TICKS.finditer(block)]
    places: defaultdict[int, deque[int]] = defaultdict(deque)
    for start, end in runs:
        places[end - start].append(start)
    done = 0
    for start, end in runs:
        if start < done:
            continue
        same = places[end - start]
        while same and same[0] <= start:
            same.popleft()
        if not same:
            continue
        close = same.popleft() + (end - start)
        yield False, block[done:start]
        yield True, block[start:close]
        done = close
    yield False, block[done:]
