"""Keeps plain words from becoming Markdown, and addresses from ending a link. Pure."""

import re
from urllib.parse import quote, urlsplit

from stoa.shared.markdown.autolinks import ADDRESS, trim_address
from stoa.shared.markdown.links import SCHEMES, scheme_of

_ALWAYS = re.compile(r"[\\`*\[\]]|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^([ \t]*)(?=(?:#{1,6}(?:\s|$)|>|[-+](?:\s|$)|-{2,}|=+\s*$|~{3}|[|:]))", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_BARE = re.compile(r"(?<![\w/@])(?=https?://|www\.)", re.IGNORECASE)
_KEPT_IN_ADDRESS = "%/:=&?~#+!$,;'@-._*|^{}[]"


def plain(text: str) -> str:
    """Text that reads as it stands; a bare address in it becomes the link that it will be anyway."""
    if "://" not in text and "www." not in text.lower():
        return escaped(text)
    parts, done = [], 0
    for start in _BARE.finditer(text):
        found = ADDRESS.match(text, start.start())
        if found is None or start.start() < done:
            continue
        address = trim_address(found.group())
        parts += [escaped(text[done : start.start()]), _link(address)]
        done = start.start() + len(address)
    return "".join([*parts, escaped(text[done:])])


def escaped(text: str) -> str:
    """The same, with addresses left as text: for the inside of a link."""
    return _ALWAYS.sub(lambda found: "\\" + found[0], text)


def line_starts(paragraph: str) -> str:
    """A paragraph none of whose lines begins a list, a quote, a heading, a rule or a table."""
    return _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\1\\", paragraph))


def destination(address: str) -> str | None:
    """An address as a link takes it; None for one that leads nowhere or runs something."""
    text = "".join(address.split("\n")).strip()
    if not text or scheme_of(text) not in SCHEMES | {""}:
        return None
    try:
        urlsplit(text)
    except ValueError:
        return None
    return _ENTITY.sub("&amp;", quote(text, safe=_KEPT_IN_ADDRESS, errors="ignore")) or None


def titled(title: str) -> str:
    """The title behind an address, with the blank before it."""
    text = " ".join(title.split())
    return ' "' + escaped(text).replace('"', '\\"') + '"' if text else ""


def _link(address: str) -> str:
    target = destination(address if "://" in address[:8] else f"http://{address}")
    return f"[{escaped(address)}]({target})" if target else escaped(address)
