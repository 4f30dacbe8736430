"""Keeps passages and their vectors in step with the articles: by events, and by looking every half minute."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.passages.cutting import cut
from stoa.modules.content.passages.repository import PassageRepository
from stoa.shared.database import Database
from stoa.shared.embedding import Embedder

_AT_ONCE: Final = 20
_EMBEDDED_AT_ONCE: Final = 16
_LOOK_SECONDS: Final = 30.0
_ALL_SECONDS: Final = 600.0


async def refresh_passages(session: AsyncSession, article_id: UUID) -> None:
    """Cut it anew, where it changed since."""
    passages = PassageRepository(session)
    source = await passages.source(article_id)
    if source is not None:
        await passages.replace(source, cut(source.title, source.body, source.toc))


def cutting(database: Database) -> Callable[[], Awaitable[bool]]:
    """Work for a worker's loop: what no event told of, such as drafts and imports; says whether more is due."""
    looked_at = -_LOOK_SECONDS

    async def once() -> bool:
        nonlocal looked_at
        if time.monotonic() - looked_at < _LOOK_SECONDS:
            return False
        found = await database.transact(lambda session: PassageRepository(session).stale(_AT_ONCE))
        for article_id in found:
            await database.transact(partial(refresh_passages, article_id=article_id))
        if len(found) == _AT_ONCE:
            return True
        looked_at = time.monotonic()
        return False

    return once


class Embedding:
    """Work for a worker's loop: vectors of passages that have none. What was looked through is left out for a while."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._has_vectors: bool | None = None
        self._after = 0
        self._all_at = 0.0

    async def once(self) -> bool:
        """Whether more is due."""
        if self._has_vectors is None:
            self._has_vectors = await self._database.transact(lambda one: PassageRepository(one).has_vectors())
        if not self._has_vectors:
            return False
        if time.monotonic() - self._all_at > _ALL_SECONDS:
            self._after, self._all_at = 0, time.monotonic()
        after = self._after
        found = await self._database.transact(
            lambda session: PassageRepository(session).without_vector(after, _EMBEDDED_AT_ONCE)
        )
        if found:
            made = await self._embedder.passages([text for _, text in found])
            ids = [passage_id for passage_id, _ in found]
            await self._database.transact(lambda session: PassageRepository(session).keep_vectors(ids, made))
            self._after = max(ids)
        return len(found) == _EMBEDDED_AT_ONCE
