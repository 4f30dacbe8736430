"""The text of a post as WordPress keeps it to Markdown: blocks of the editor, or classic text with its shortcodes."""

import re

from stoa.modules.content.importing.html.converter import Converted, to_markdown
from stoa.modules.content.importing.html.parsing import check_length
from stoa.modules.content.importing.html.warnings import Warnings

from .shortcodes import Gallery, expand

_MORE = re.compile(r"<!--\s*more\b[^>]{0,500}-->|<!--\s*noteaser\s*-->", re.IGNORECASE)
_NEXT_PAGE = re.compile(r"<!--\s*nextpage\s*-->", re.IGNORECASE)
_EMPTY_BLOCK = re.compile(r"<!--\s*wp:([a-z][\w/-]*)(?:\s(?:(?!-->|<!--).)*)?/-->", re.DOTALL)
_SAYS_NOTHING = {"spacer", "more", "nextpage", "separator", "post-content"}


def body_of(content: str, gallery: Gallery) -> Converted:
    """Markdown and what was left out. Raises ItemRefused when the text is too long."""
    check_length(content)
    warnings = Warnings()
    is_of_blocks = "<!-- wp:" in content
    text = _NEXT_PAGE.sub("\n\n<hr>\n\n", _MORE.sub("\n\n" if not is_of_blocks else "", content))
    text = expand(text, gallery, warnings)
    if is_of_blocks:
        left_out = [name for name in dict.fromkeys(_EMPTY_BLOCK.findall(text)) if name not in _SAYS_NOTHING]
        if left_out:
            warnings.add(f"blocks that WordPress fills by itself were left out: {', '.join(left_out)[:300]}")
    made = to_markdown(text, has_breaks=not is_of_blocks)
    for told in made.warnings:
        warnings.add(told)
    return Converted(made.text, warnings.told)
