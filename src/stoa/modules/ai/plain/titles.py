"""Titles without a model: from a text's headings, its best sentences and weightiest phrases. Pure."""

import re
from typing import Final

from stoa.modules.ai.plain.keywords import keywords
from stoa.modules.ai.plain.summary import key_points
from stoa.modules.ai.plain.text import headings, prose, sentences, shortened

_LONGEST: Final = 70
_SHORTEST: Final = 25
_OPENING: Final = re.compile(
    r"(?:(?:today|so|now|recently|yesterday),? )?(?:i|we)(?: (?:have|just|recently|really|also))* "
    r"(?:wanted|needed|had|decided|tried|managed|learned how|figured out how) to ",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:(\u2014]| - | (?:that|which|because|so|but|where|when|and then|while) ")


def titles(markdown: str, most: int) -> list[str]:
    """At most so many, each another line of at most 70 characters; none for a text without words."""
    asked = [one for one in sentences(prose(markdown)) if one.endswith("?") and len(one) <= _LONGEST]
    said = [_clause(_OPENING.sub("", one)) for one in key_points(markdown, 4)]
    found = [*headings(markdown)[:1], *said, *asked[:1], *keywords(markdown, 3)]
    begun = (shortened(one, _LONGEST) for one in found)
    return list(dict.fromkeys(f"{one[:1].upper()}{one[1:]}" for one in begun if one))[:most]


def _clause(sentence: str) -> str:
    """Its beginning, up to where a clause ends, where that is long enough for a title."""
    ends = [found.start() for found in _CLAUSE.finditer(sentence)]
    fitting = [end for end in ends if _SHORTEST <= end <= _LONGEST]
    return (sentence if len(sentence) <= _LONGEST else sentence[: fitting[-1]] if fitting else sentence).rstrip(" .,;:")
