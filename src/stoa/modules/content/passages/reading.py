"""Finds the passages that a question may be answered from. Never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from stoa.modules.content.passages import queries
from stoa.modules.content.search.text import prepare
from stoa.shared.database import ReadSession
from stoa.shared.embedding import Embedder

log = structlog.get_logger("stoa.search")
_LONGEST: Final = 1_000
_ENOUGH_WORDS: Final = 0.5
_SOME_WORDS: Final = 0.3
_ENOUGH_LIKENESS: Final = 0.86
_OF_ARTICLE: Final = 3


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """`coverage`: which share of the question's words, by their weight, stands in it; `likeness`: of meaning, to 1."""

    article_id: UUID
    slug: str
    title: str
    heading: str
    anchor: str
    text: str
    coverage: float
    likeness: float | None

    @property
    def url(self) -> str:
        return f"/articles/{self.slug}{'#' if self.anchor else ''}{self.anchor}"


class PassageReads:
    """Without an `embedder`, and where PostgreSQL has no vectors, by words alone."""

    def __init__(self, reads: ReadSession, embedder: Embedder | None = None) -> None:
        self._reads = reads
        self._embedder = embedder

    async def nearest(
        self, question: str, *, viewer: UUID | None = None, drafts: bool = False, limit: int = 6
    ) -> list[FoundPassage]:
        """The best for it of what this viewer may read, best first, whether or not it answers."""
        asked = question[:_LONGEST]
        vector = await self._vector(asked)
        query = queries.BY_WORDS if vector is None else queries.HYBRID
        rows = await self._reads.fetch(
            query, question=prepare(asked), vector=vector, viewer=viewer, drafts=drafts, limit=limit
        )
        return [FoundPassage(**row) for row in rows]

    async def _vector(self, asked: str) -> str | None:
        """None where there are no vectors; words alone find enough when the model fails."""
        if self._embedder is None or not await has_vectors(self._reads):
            return None
        try:
            return await self._embedder.question(asked)
        except Exception as error:  # whatever a foreign library raises
            log.exception("the model of vectors failed", error=type(error).__name__)
            return None

    async def answering(
        self, question: str, *, viewer: UUID | None = None, drafts: bool = False, limit: int = 6
    ) -> list[FoundPassage]:
        """Those it may be answered from; none where nothing here is about it."""
        found = await self.nearest(question, viewer=viewer, drafts=drafts, limit=2 * limit)
        return _spread([one for one in found if is_about(one)], limit)


async def has_vectors(reads: ReadSession) -> bool:
    """Whether PostgreSQL keeps what passages mean."""
    return bool(await reads.fetch_value(queries.HAS_VECTORS))


def is_about(one: FoundPassage) -> bool:
    """Whether so much of the question stands in it, or is meant by it, that it may answer."""
    if one.coverage >= _ENOUGH_WORDS:
        return True
    return one.likeness is not None and one.likeness >= _ENOUGH_LIKENESS and one.coverage >= _SOME_WORDS


def _spread(found: Sequence[FoundPassage], limit: int) -> list[FoundPassage]:
    """No more than three of one article."""
    chosen: list[FoundPassage] = []
    for one in found:
        if sum(other.article_id == one.article_id for other in chosen) < _OF_ARTICLE:
            chosen.append(one)
    return chosen[:limit]
