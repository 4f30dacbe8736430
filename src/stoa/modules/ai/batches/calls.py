"""One item's call, through the same features as a call by itself: same limits, budgets, guards and ledger."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from stoa.modules.ai.batches.schemas import Call
from stoa.modules.ai.engine.generation import Generation
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.features.asking import Asking
from stoa.modules.ai.features.classifying import Classifying
from stoa.modules.ai.features.generating import Generating
from stoa.modules.ai.features.moderating import moderated
from stoa.modules.ai.features.schemas import ClassifyIn, GenerateIn, ModerateIn, SummarizeIn
from stoa.modules.ai.features.summarising import Summarising
from stoa.modules.ai.features.texts import Texts
from stoa.modules.ai.templates.service import TemplateReads
from stoa.shared.cache import Cache
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor


@dataclass(frozen=True, slots=True)
class Features:
    """What the features need of this process."""

    engine: Engine
    cache: Cache
    texts: Texts
    reads: ReadSession

    async def answer(self, call: Call, body: str, actor: Actor, begins: Callable[[Generation], None]) -> BaseModel:
        """What the single call answers to that JSON. Raises what it raises."""
        asking = Asking(self.engine, self.cache, begins)
        match call:
            case "generate":
                writing = Generating(asking, TemplateReads(self.reads))
                return await writing.whole(GenerateIn.model_validate_json(body), actor)
            case "summarize":
                return await Summarising(asking, self.texts).summary(SummarizeIn.model_validate_json(body), actor)
            case "classify":
                return await Classifying(asking).classified(ClassifyIn.model_validate_json(body), actor)
            case "moderate":
                return await moderated(asking, ModerateIn.model_validate_json(body), actor)
