"""Which label a text belongs to, and how it feels: by a good model where one is set up, else by words."""

import re
from typing import Final

from stoa.modules.ai.features.asking import Asking, Question
from stoa.modules.ai.features.schemas import Classified, ClassifyIn
from stoa.modules.ai.plain.classifying import classify, labelled
from stoa.modules.ai.plain.sentiment import sentiment
from stoa.modules.ai.plain.text import shortened
from stoa.modules.ai.plain.vocabulary import SCHEMES
from stoa.modules.ai.templates.prompts import Prompt, fill
from stoa.shared.security import Actor

FEATURE: Final = "classify"
_LOOKED_AT: Final = 8_000
_SURE: Final = 0.5
PROMPT: Final = Prompt(
    "classify", 1, "", "You sort texts. Answer with one line: the label, a comma, and how sure you are from 0 to 100.",
    "The labels: {{ tone }}\nWhich one fits this text best?\n\n{{ text }}",
    ("text",),
)  # fmt: skip
_NUMBER: Final = re.compile(r"\b(100|\d{1,2})\b")


class Classifying:
    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def classified(self, ask: ClassifyIn, actor: Actor) -> Classified:
        """Raises what `Engine.begin` raises, ProviderFault."""
        labels = labelled(ask.labels) if ask.labels is not None else SCHEMES[ask.scheme or "topic"]
        felt = sentiment(ask.text)
        mood = {"feeling": felt.feeling, "score": felt.score, "confidence": felt.confidence}
        asks = ask.method == "model" or (ask.method == "auto" and await self._asking.room(ask.model) is not None)
        if asks:
            told = await self._asking.whole(_question(ask, list(labels)), actor, is_fresh=ask.is_fresh)
            chosen = _read(told["text"], list(labels))
            if chosen is not None:
                category, confidence = chosen
                return Classified.model_validate(
                    {**told, "method": "model", "category": category, "confidence": confidence, "sentiment": mood}
                )
        told = await self._asking.plain(FEATURE, ask.text, actor)
        found = classify(ask.text, labels)
        said = {"category": found.category, "confidence": found.confidence, "sentiment": mood}
        return Classified.model_validate({**told, "method": "plain", **said})


def _question(ask: ClassifyIn, labels: list[str]) -> Question:
    text = shortened(ask.text, _LOOKED_AT)
    parts = (("template", PROMPT.name), ("version", PROMPT.version))
    return Question(FEATURE, ask.model, fill(PROMPT, {"text": text}, {"tone": "; ".join(labels)}), 30, parts)


def _read(answer: str, labels: list[str]) -> tuple[str, float] | None:
    """The one label that the answer names, and how sure it is; None where it names none, or several."""
    said = answer.casefold()
    named = [label for label in labels if re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", said)]
    longest = [one for one in named if not any(one != other and one.casefold() in other.casefold() for other in named)]
    if len(longest) != 1:
        return None
    number = _NUMBER.search(said.replace(longest[0].casefold(), ""))
    return longest[0], int(number.group()) / 100 if number else _SURE
