"""Summaries and key points: by a model where a good one is set up, else the text's own best sentences."""

import re
from collections.abc import Mapping
from typing import Final

from stoa.modules.ai.features.asking import Asking, Question
from stoa.modules.ai.features.kept import Told
from stoa.modules.ai.features.schemas import SummarizeIn, Summary
from stoa.modules.ai.features.texts import Texts
from stoa.modules.ai.plain.summary import key_points, summarise
from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.templates.prompts import Prompt, fill
from stoa.shared.security import Actor

FEATURE: Final = "summarize"
_SENTENCES: Final[Mapping[str, int]] = {"short": 2, "medium": 4, "long": 8}
_POINTS: Final[Mapping[str, int]] = {"short": 3, "medium": 5, "long": 8}
_TOKENS: Final[Mapping[str, int]] = {"short": 250, "medium": 450, "long": 900}
_STYLES: Final[Mapping[str, str]] = {
    "neutral": "plain and factual",
    "simple": "in words that everybody understands",
    "teaser": "so that people want to read it, without promising what it does not hold",
}
PROMPT: Final = Prompt(
    "summarize", 1, "", "You summarise texts for readers. Add nothing that the text does not say.",
    "Summarise this text {{ tone }}, in {{ length }}.{% if language %} Write in {{ language }}.{% else %} Write in its "
    "own language.{% endif %} First the summary as one paragraph, then an empty line, then the key points, each on a "
    "line of its own that begins with '- '. Nothing else.\n\n{{ text }}",
    ("text",),
)  # fmt: skip
_POINT: Final = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+(.+)")
_FRAME: Final = 400


class Summarising:
    def __init__(self, asking: Asking, texts: Texts) -> None:
        self._asking = asking
        self._texts = texts

    async def summary(self, ask: SummarizeIn, actor: Actor) -> Summary:
        """Raises NotFound for an article, what `Engine.begin` raises, ProviderFault."""
        text = ask.text if ask.text is not None else await self._texts.article(ask.article or "", actor)
        room = None if ask.method == "plain" else await self._asking.room(ask.model)
        if ask.method == "model" or room is not None:
            told = await self._asking.whole(await _question(ask, text, room), actor, is_fresh=ask.is_fresh)
            paragraph, points = _read(told)
            if paragraph:
                return Summary.model_validate({**told, "method": "model", "summary": paragraph, "key_points": points})
        told = await self._asking.plain(FEATURE, text, actor)
        chosen = summarise(text, _SENTENCES[ask.length])
        points = [one for one in key_points(text, _POINTS[ask.length] + len(chosen)) if one not in chosen]
        said = {"summary": " ".join(chosen), "key_points": points[: _POINTS[ask.length]]}
        return Summary.model_validate({**told, "method": "plain", **said})


async def _question(ask: SummarizeIn, text: str, room: int | None) -> Question:
    """Of a text that no model can hold, the sentences that say most."""
    await ready()
    most = None if room is None else room - _TOKENS[ask.length] - _FRAME
    kept = 256
    while most is not None and count(text) > most and kept:
        text, kept = " ".join(summarise(text, kept)), kept // 2
    common = {"tone": _STYLES[ask.style], "length": f"{_SENTENCES[ask.length]} sentences", "language": ask.language}
    parts = (("template", PROMPT.name), ("version", PROMPT.version))
    return Question(FEATURE, ask.model, fill(PROMPT, {"text": text}, common), _TOKENS[ask.length], parts)


def _read(told: Told) -> tuple[str, list[str]]:
    """Paragraph and points of an answer; no paragraph where it holds neither."""
    lines = [line for line in told["text"].splitlines() if line.strip()]
    points = [found.group(1).strip() for line in lines if (found := _POINT.match(line))]
    paragraph = " ".join(line.strip() for line in lines if not _POINT.match(line) and not line.rstrip().endswith(":"))
    return paragraph or " ".join(points), points
