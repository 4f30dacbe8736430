"""The words that come with Stoa, a file for each type: `templates/<language>/<type>.jinja`."""

import re
from functools import cache
from importlib.resources import files

from stoa.modules.notifications.wording.schemas import Words

_BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock %}", re.DOTALL)
_FALLBACK = "en"


@cache
def builtin_words(kind: str, language: str) -> Words:
    """The templates of a type of the catalogue, in English where there are none of that language."""
    folder = files("stoa.modules.notifications") / "templates"
    path = folder / language / f"{kind}.jinja"
    chosen = path if path.is_file() else folder / _FALLBACK / f"{kind}.jinja"
    blocks = {name: words.strip() for name, words in _BLOCK.findall(chosen.read_text(encoding="utf-8"))}
    return Words(blocks["subject"], blocks["short"], blocks["text"], blocks.get("html"))
