"""Joins content, which asks for judgements, with the guard of models that gives them."""

from stoa.modules.ai.guards.toxicity import toxicity
from stoa.modules.content.moderation.judging import Judgement, Term


class ToxicityJudge:
    """The `Judge` of content."""

    def judge(self, text: str) -> Judgement:
        found = toxicity(text)
        terms = tuple(Term(one.text, one.kind, one.start, one.end) for one in found.terms)
        return Judgement(
            found.score,
            found.verdict == "hold",
            found.reason,
            {str(kind): score for kind, score in found.kinds.items()},
            terms,
        )
