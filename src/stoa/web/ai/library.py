"""What chats may be answered from: passages of the articles that the viewer may read."""

from collections.abc import Callable, Sequence
from typing import Final

from stoa.modules.ai.chat.grounding import Passage
from stoa.modules.content.passages.reading import PassageReads
from stoa.shared.security import Actor

_MOST: Final = 6


class ArticleLibrary:
    """The `Library` of chats. A passage that `is_poisoned` is left out: the reader is served from the others."""

    def __init__(self, passages: PassageReads, is_poisoned: Callable[[str], bool] = lambda _: False) -> None:
        self._passages = passages
        self._is_poisoned = is_poisoned

    async def passages(self, question: str, viewer: Actor | None, include_drafts: bool) -> Sequence[Passage]:
        """Numbered from 1, best first; none where nothing here is about it."""
        who = viewer.id if viewer is not None else None
        found = await self._passages.answering(question, viewer=who, drafts=include_drafts, limit=_MOST)
        sound = [one for one in found if not self._is_poisoned(f"{one.title}\n{one.heading}\n{one.text}")]
        return [Passage(number, one.title, one.url, one.heading, one.text) for number, one in enumerate(sound, start=1)]
