"""What the plain methods see of a text: its prose, sentences and words. Pure, and linear in the text's length."""

import re
from typing import Final

from stoa.modules.ai.plain.vocabulary import STOP
from stoa.shared.markdown.prose import blocks

LONGEST: Final = 200_000
"""Characters that are looked at; what lies beyond is left out."""
_MOST_SENTENCES: Final = 1_000
_END: Final = re.compile(
    r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]{0,3}\s+(?=[\"'\u201c\u2018(\[]{0,3}[^\Wa-z_])|(?<=[\u3002\uff01\uff1f])"
)
_SHORTENED: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|mr|mrs|ms|dr|prof|st|no|fig|z\.B|bzw|ca|usw)|\b[A-Z])\.$", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LOOSE: Final = " ,;:.-\u2013\u2014"


def prose(markdown: str) -> str:
    """Its paragraphs, a blank line between them: no code, headings, tables, pictures, addresses or marks."""
    return "\n\n".join(one.text for one in blocks(markdown[:LONGEST]) if one.kind == "text")


def headings(markdown: str) -> list[str]:
    """The words of its headings, in order."""
    return [one.text for one in blocks(markdown[:LONGEST]) if one.kind == "heading"]


def sentences(text: str) -> list[str]:
    """In order, the first 1,000; abbreviations and initials end none."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text[:LONGEST]):
        line, start = " ".join(paragraph.split()), 0
        for end in _END.finditer(line):
            if not _SHORTENED.search(line, max(start, end.start() - 12), end.start()):
                found.append(line[start : end.end()].strip())
                start = end.end()
        found.append(line[start:].strip())
        if len(found) > _MOST_SENTENCES:
            break
    return [one for one in found if one][:_MOST_SENTENCES]


def words(text: str) -> list[str]:
    """In order, in lower case."""
    return [found.casefold().replace("\u2019", "'") for found in _WORD.findall(text[:LONGEST])]


def content_words(text: str) -> list[str]:
    """Those that carry meaning."""
    return [word for word in words(text) if is_content(word)]


def is_content(word: str) -> bool:
    return len(word) > 2 and word not in STOP


def stem(word: str) -> str:
    """Rough, for counting: `engines`, `engine` and `engine's` are one."""
    word = word.removesuffix("'s")
    for ending in ("ingly", "edly", "ing", "ies", "ied", "es", "ed", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut behind a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(_LOOSE)}…"
