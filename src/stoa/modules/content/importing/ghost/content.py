"""The body of a post: of lexical, mobiledoc and HTML the first that holds something, in Markdown."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.html.converter import Converted, to_markdown
from stoa.modules.content.importing.html.warnings import Warnings
from stoa.modules.content.importing.prose import change_prose

from . import lexical, mobiledoc
from .cards import Part

_LONGEST = 4_000_000
_EMBEDDED = re.compile(r"<(iframe|script|style|object)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_OWN_MARKS = (
    (re.compile(r"(?<![=\w])==(?=\S)([^=\n]{1,500})(?<=\S)==(?![=\w])"), "mark"),
    (re.compile(r"(?<![~\\])~([^\s~\[\]]{1,40})~(?!~)"), "sub"),
    (re.compile(r"(?<![\^\\\[])\^([^\s^\[\]]{1,40})\^(?!\^)"), "sup"),
)  # fmt: skip
_ADDRESS = "__GHOST_URL__"


def body_of(post: Mapping[str, Any]) -> Converted:
    """Markdown and what was left out. Raises ItemRefused."""
    warnings = Warnings()
    text = _joined(_parts(post, warnings), warnings)
    return Converted(text, warnings.told)


def _parts(post: Mapping[str, Any], warnings: Warnings) -> Iterable[Part]:
    for name, read in (("lexical", lexical.parts_of), ("mobiledoc", mobiledoc.parts_of)):
        written = post.get(name)
        if isinstance(written, str) and written.strip():
            found = [part for part in read(_loaded(name, written), warnings) if part.text]
            if any(part.text.strip() for part in found) or not post.get("html"):
                return found
    return [Part("html", str(post.get("html") or ""))]


def _loaded(name: str, written: str) -> Any:
    if len(written) > _LONGEST:
        raise ItemRefused(f"Its {name} has {len(written):,} characters; {_LONGEST:,} are allowed. Divide it.")
    try:
        return json.loads(written.replace(_ADDRESS, ""))
    except (ValueError, RecursionError):
        raise ItemRefused(f"Its {name} is no JSON that can be read.") from None


def _joined(parts: Iterable[Part], warnings: Warnings) -> str:
    """HTML that stands together is read together, so that neighbouring lists are told apart."""
    blocks: list[str] = []
    held: list[str] = []
    for part in [*parts, Part("markdown", "")]:
        if part.kind == "html":
            held.append(part.text)
            continue
        blocks += [_converted("".join(held), warnings), _cleaned(part.text, warnings)]
        held = []
    return "\n\n".join(block for block in blocks if block)


def _converted(html: str, warnings: Warnings) -> str:
    made = to_markdown(html.replace(_ADDRESS, ""))
    for told in made.warnings:
        warnings.add(told)
    return made.text


def _cleaned(markdown: str, warnings: Warnings) -> str:
    """Markdown as written, but frames become links and scripts go."""
    text = markdown.replace(_ADDRESS, "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return change_prose(text, lambda prose: _said(_EMBEDDED.sub(lambda found: _converted(found[0], warnings), prose)))


def _said(prose: str) -> str:
    """What Ghost's Markdown has beyond ours, as HTML."""
    for pattern, tag in _OWN_MARKS:
        prose = pattern.sub(rf"<{tag}>\1</{tag}>", prose)
    return prose
