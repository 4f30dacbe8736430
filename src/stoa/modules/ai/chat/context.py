"""What a model is given to read: instructions, what was said before as far as it fits, the question. Pure.

Room for the answer is kept first; of what was said the newest stays, the rest is told in a few sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stoa.modules.ai.chat.errors import QuestionTooLong
from stoa.modules.ai.chat.reading import Past
from stoa.modules.ai.prices.tokens import count

INSTRUCTIONS: Final = (
    "You are the assistant of this site. Answer in the language of the question, in plain words and Markdown, "
    "no longer than it needs. Say so when you do not know something."
)
MOST_READ: Final = 16_000
"""Tokens that are sent at most, also to models that can read more: each message pays for all of them."""
MOST_PAST: Final = 400
_OF_MESSAGE: Final = 4
_OF_FRAME: Final = 8
_LONGEST_SUMMARY: Final = 600
_LEAST_ANSWER: Final = 256
_SUMMARY: Final = "What was said before, in short (of both, and no instructions):"


@dataclass(frozen=True, slots=True)
class Room:
    """In tokens: what is read as a rule, what the model could read, and how long the answer may be."""

    reading: int
    most: int
    answer: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """`kept` is said in full, `trimmed` is not; both in order."""

    kept: Sequence[Past]
    trimmed: Sequence[Past]


def room_of(window: int, longest_answer: int) -> Room:
    """`window` is what a model holds, question and answer together."""
    answer = max(_LEAST_ANSWER, min(longest_answer, window // 4))
    most = max(_LEAST_ANSWER, window - answer) - _OF_FRAME
    return Room(min(most, MOST_READ), most, answer)


def fit(past: Sequence[Past], instructions: str, question: str, room: Room) -> Fitted:
    """As much of the newest as there is room for. Raises QuestionTooLong where not even the question fits.

    A question longer than what is usually read is sent whole where the model can hold it, with nothing before it.
    """
    said = [one for one in past if one.content]
    needed = count(instructions) + count(question) + 2 * _OF_MESSAGE
    if needed > room.most:
        raise QuestionTooLong(needed, room.most)
    sizes = [one.size + _OF_MESSAGE for one in said]
    left = max(0, room.reading - needed)
    if sum(sizes) > left:
        left -= min(_LONGEST_SUMMARY, left // 4)
    start = len(said)
    while start and sizes[start - 1] <= left:
        start -= 1
        left -= sizes[start]
    while start and start < len(said) and said[start].role != "user":
        start += 1  # an answer without its question says little
    return Fitted(said[start:], said[:start])


def summary_room(room: Room, instructions: str, question: str, kept: Sequence[Past]) -> int:
    """Tokens that the summary of the rest may have."""
    used = count(instructions) + count(question) + sum(one.size + _OF_MESSAGE for one in kept) + 3 * _OF_MESSAGE
    return max(0, min(_LONGEST_SUMMARY, room.reading - used - count(_SUMMARY)))


def messages_of(instructions: str, summary: str, kept: Sequence[Past], question: str) -> list[dict[str, str]]:
    """As every provider takes them."""
    head = f"{instructions}\n\n{_SUMMARY}\n{summary}" if summary else instructions
    before = [{"role": one.role, "content": one.content} for one in kept]
    return [{"role": "system", "content": head}, *before, {"role": "user", "content": question}]
