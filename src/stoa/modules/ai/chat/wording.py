"""Short texts about long ones: the title of a conversation, the summary of what no longer fits. No model is asked here.

Others may do it better: whoever joins the parts hands in a `Summariser` and `Titles`.
"""

import re
from collections.abc import Sequence
from typing import Final, Protocol

from stoa.modules.ai.chat.reading import Past
from stoa.modules.ai.prices.tokens import count

_LONGEST_TITLE: Final = 60
_LONGEST_SENTENCE: Final = 200
_SENTENCE: Final = re.compile(r".+?[.!?…。](?=\s|$)|.+", re.DOTALL)


class Summariser(Protocol):
    async def summary(self, turns: Sequence[Past], most_tokens: int) -> str:
        """What these messages said, in at most so many tokens; empty where that is too few."""


class Titles(Protocol):
    async def title(self, question: str, answer: str) -> str:
        """A name for the conversation that began so: one line of at most 200 characters."""


class FirstSentences:
    """A `Summariser`: the first sentence of each message, the newest of them where not all fit."""

    async def summary(self, turns: Sequence[Past], most_tokens: int) -> str:
        lines: list[str] = []
        for one in reversed(turns):
            line = f"- {'Question' if one.role == 'user' else 'Answer'}: {_first_sentence(one.content)}"
            most_tokens -= count(line) + 1
            if most_tokens < 0:
                break
            lines.append(line)
        return "\n".join(reversed(lines))


class FirstWords:
    """`Titles`: the question's first words."""

    async def title(self, question: str, answer: str) -> str:  # noqa: ARG002 # better ones use it
        line = " ".join(question.replace("\0", "").split())
        if len(line) <= _LONGEST_TITLE:
            return line
        cut = line[:_LONGEST_TITLE].rpartition(" ")[0] or line[:_LONGEST_TITLE]
        return f"{cut.rstrip(' ,;:.')}…"


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    found = _SENTENCE.match(line)
    return (found.group() if found else line)[:_LONGEST_SENTENCE]
