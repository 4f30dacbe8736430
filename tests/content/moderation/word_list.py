"""A judge that knows some words, for sites that are tried without a model."""

import re
from typing import Final

from stoa.modules.content.moderation.judging import Judgement, Term

WORDS: Final = {"moron": ("insult", 0.9), "casino": ("spam", 0.8), "silly": ("insult", 0.6)}


class WordList:
    """Holds from 0.7 on."""

    def judge(self, text: str) -> Judgement:
        kinds: dict[str, float] = {}
        terms: list[Term] = []
        for found in re.finditer("|".join(WORDS), text.lower()):
            kind, score = WORDS[found.group()]
            kinds[kind] = max(score, kinds.get(kind, 0.0))
            terms.append(Term(text[found.start() : found.end()], kind, found.start(), found.end()))
        score = max(kinds.values(), default=0.0)
        worst = max(kinds, key=lambda kind: kinds[kind], default="")
        return Judgement(score, score >= 0.7, f"reads like {worst}" if kinds else "", kinds, tuple(terms))
