"""Makes links of bare `https://…` and `www.…` addresses, as GitHub does. Must stay linear: it sees every text run."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from .budget import ADDRESS_STEPS, near

MAX_URL = 2_000
START = r"\b(?:https?://|www\.)"
ADDRESS = re.compile(
    r"(?:https?://(?=[\w\[])|www\.(?=[\w-]+\.[\w-]))"
    r"[^\s<>`\u3001\u3002\uff01\uff08-\uff0c\uff1a\uff1b\uff1f\u300c-\u3011]{1," + str(MAX_URL) + "}",
    re.IGNORECASE,
)
ENTITY_AT_END = re.compile(r"&[a-z0-9]{1,31};$", re.IGNORECASE)
NOT_AT_END = "?!.,:;*_~'\"[]\\|"


def install_autolinks(md: MarkdownIt) -> None:
    """Let the text rule stop where an address starts, and the new rule take it from there."""
    stops = md.inline.terminator_re.pattern
    md.inline.terminator_re = re.compile(f"{stops}|{START}", re.IGNORECASE)
    md.inline.ruler.push("bare_address", _bare_address)


def trim_address(found: str) -> str:
    """Leave out what belongs to the sentence: closing punctuation, and brackets opened outside the address."""
    open_brackets, closed_brackets = found.count("("), found.count(")")
    end = len(found)
    while end:
        if found[end - 1] == ")" and closed_brackets > open_brackets:
            closed_brackets -= 1
            end -= 1
        elif found[end - 1] == ";" and (entity := ENTITY_AT_END.search(found, max(0, end - 33), end)):
            end = entity.start()
        elif found[end - 1] in NOT_AT_END:
            end -= 1
        else:
            break
    return found[:end]


def _bare_address(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel > 0 or state.src[state.pos] not in "hHwW":
        return False
    if state.pos and (state.src[state.pos - 1].isalnum() or state.src[state.pos - 1] in "/@_"):
        return False
    match = ADDRESS.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    address = trim_address(match.group())
    if address.endswith("://"):
        return False
    state.env["budget"].spend(ADDRESS_STEPS, near(address[:30]))
    _push_link(state, state.md.normalizeLink(address if "://" in address[:8] else f"http://{address}"), address)
    state.pos += len(address)
    return True


def _push_link(state: StateInline, target: str, shown: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": target}
    opening.info = "auto"
    state.push("text", "", 0).content = shown
    state.push("link_close", "a", -1).info = "auto"
