"""Finds and changes where links and images of a Markdown text lead. Pure; code is never touched."""

import html
import re
from collections.abc import Callable, Mapping

from .prose import change_prose

_INLINE = re.compile(r"(?P<before>\]\([ \t]*+)(?P<target><[^<>\n]*+>|(?:[^\s()<>\\]++|\\.|\([^\s()]*+\))++)")
_DEFINITION = re.compile(
    r"(?P<before>^ {0,3}\[[^\]\n]{1,999}\]:[ \t]*+)(?P<target><[^<>\n]*+>|[^\s<>]++)", re.MULTILINE
)
_ATTRIBUTE = re.compile(
    r"(?P<before><(?:img|a|source|video)\b[^<>]{0,1000}?\s(?:src|href)\s*=\s*)"
    r"(?P<target>\"[^\"<>\n]*+\"|'[^'<>\n]*+')",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def targets(text: str) -> list[str]:
    """Where the text's links and images lead, each once, in order."""
    found: dict[str, None] = {}

    def note(target: str) -> None:
        found[target] = None

    change_prose(text, lambda prose: _change(prose, note))
    return list(found)


def rewrite(text: str, new: Mapping[str, str]) -> str:
    """The text with each target that is in `new` replaced. A replacement must be a plain address without spaces."""
    return change_prose(text, lambda prose: _change(prose, new.get)) if new else text


def _change(prose: str, ask: Callable[[str], str | None]) -> str:
    def replaced(found: re.Match[str]) -> str:
        written = found["target"]
        quote = written[0] if written[0] in "\"'" else ""
        target = html.unescape(written[1:-1]) if quote else _bare(written)
        answer = ask(target) if target else None
        return found[0] if answer is None else f"{found['before']}{quote}{answer}{quote}"

    if "](" in prose:
        prose = _INLINE.sub(replaced, prose)
    if "]:" in prose:
        prose = _DEFINITION.sub(replaced, prose)
    return _ATTRIBUTE.sub(replaced, prose) if "<" in prose else prose


def _bare(written: str) -> str:
    text = written[1:-1] if written.startswith("<") else written
    return html.unescape(_ESCAPED.sub(r"\1", text))
