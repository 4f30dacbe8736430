"""Single questions about the site, also by visitors: answered from its articles, and not kept. Knows no HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from stoa.modules.ai.calling.service import answer
from stoa.modules.ai.chat.citing import CitationCheck
from stoa.modules.ai.chat.context import INSTRUCTIONS
from stoa.modules.ai.chat.grounding import NOTHING_FOUND, Library, Passage, Quoter, sources_of, with_passages
from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.errors import BudgetSpent, LooksLikeInjection, PriceUnknown
from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.providers.protocol import ProviderFault
from stoa.modules.ai.terms import PLAIN_METHOD, Caller, Target, Usage
from stoa.shared.security import Actor

log = structlog.get_logger("stoa.ai")
FEATURE: Final = "ask"
MODEL: Final = "stoa-chat"
VISITOR: Final = "visitor"
_MOST_TOKENS: Final = 700


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """`sources` as chats tell them; `target` says who answered."""

    text: str
    sources: Sequence[dict[str, Any]]
    target: Target


class SiteAnswers:
    def __init__(self, engine: Engine, library: Library, quoter: Quoter) -> None:
        self._engine = engine
        self._library = library
        self._quoter = quoter

    async def answer(self, question: str, viewer: Actor | None, *, with_model: bool) -> SiteAnswer:
        """From what this viewer may read. A model is asked `with_model`, where a good one is set up and may be paid;
        else the articles are quoted. Raises LimitReached.
        """
        passages = await self._library.passages(question, viewer, include_drafts=False)
        if passages and with_model and await self._engine.able(MODEL):
            try:
                return await self._of_model(question, passages, viewer)
            except (BudgetSpent, LooksLikeInjection, PriceUnknown, ProviderFault) as fault:
                log.warning("a question about the site is answered without a model", why=fault.code)
        await ready()
        usage = Usage(count(question), 0, source="none")
        await self._engine.note_free(_request(viewer, {}), PLAIN_METHOD, usage)
        text = await self._quoter.answer(question, passages) if passages else ""
        return SiteAnswer(text or NOTHING_FOUND, sources_of(passages, text), PLAIN_METHOD)

    async def _of_model(self, question: str, passages: Sequence[Passage], viewer: Actor | None) -> SiteAnswer:
        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": with_passages(question, passages)},
        ]
        body = {"messages": messages, "max_tokens": _MOST_TOKENS}
        begun = await self._engine.begin(replace(_request(viewer, body), typed=question))
        await begun.generation.opened()
        told = await answer(begun)
        check = CitationCheck(passages)
        text = check.feed(told.text) + check.finish()
        return SiteAnswer(text, sources_of(passages, text), Target(told.provider, told.model))


def _request(viewer: Actor | None, body: dict[str, Any]) -> Request:
    """Visitors share limits and budget of the tier `visitor`."""
    if viewer is None:
        return Request(Caller(None, VISITOR), VISITOR, FEATURE, MODEL, "chat/completions", body)
    caller = Caller(viewer.user_id, viewer.tier, viewer.key_id)
    return Request(caller, viewer.role, FEATURE, MODEL, "chat/completions", body)
