"""How a text treats people, by the same guard that looks at comments. No model is asked. Knows no HTTP."""

import asyncio
from dataclasses import asdict
from typing import Final

from stoa.modules.ai.features.asking import Asking
from stoa.modules.ai.features.schemas import Moderated, ModerateIn
from stoa.modules.ai.guards.toxicity import toxicity
from stoa.shared.security import Actor

FEATURE: Final = "moderate"


async def moderated(asking: Asking, ask: ModerateIn, actor: Actor) -> Moderated:
    """Raises LimitReached."""
    told = await asking.plain(FEATURE, ask.text, actor)
    found = await asyncio.to_thread(toxicity, ask.text)
    said = {"scores": found.kinds, "terms": [asdict(one) for one in found.terms], "verdict": found.verdict}
    return Moderated.model_validate({**told, **said, "method": "plain", "reason": found.reason})
