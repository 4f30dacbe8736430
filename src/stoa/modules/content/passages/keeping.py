"""Keeps passages and their vectors in step with the articles: by events, and by looking every half minute."""

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.passages.cutting import cut
from stoa.modules.content.passages.repository import PassageRepository
from stoa.shared.changes import announce_change
from stoa.shared.database import Database
from stoa.shared.embedding import Embedder

InShort = Callable[[str], str]
"""Says a Markdown text in short; empty where it is short itself."""
_AT_ONCE: Final = 20
_EMBEDDED_AT_ONCE: Final = 16
_LOOK_SECONDS: Final = 30.0
_ALL_SECONDS: Final = 600.0


async def refresh_passages(session: AsyncSession, article_id: UUID, in_short: InShort) -> None:
    """Cut it anew and say it in short, where it changed since."""
    passages = PassageRepository(session)
    source = await passages.source(article_id)
    if source is None:
        return
    if not source.is_cut:
        await passages.replace(source, cut(source.title, source.body, source.toc))
    summary = in_short(source.body)
    await passages.keep_summary(source, summary)
    if summary and source.is_public:
        await announce_change(session)


def cutting(database: Database, in_short: InShort) -> Callable[[], Awaitable[bool]]:
    """Work for a worker's loop: what no event told of, such as drafts and imports; says whether more is due."""
    looked_at = -_LOOK_SECONDS

    async def once() -> bool:
        nonlocal looked_at
        if time.monotonic() - looked_at < _LOOK_SECONDS:
            return False
        found = await database.transact(lambda session: PassageRepository(session).stale(_AT_ONCE))
        for article_id in found:
            await database.transact(partial(refresh_passages, article_id=article_id, in_short=in_short))
        if len(found) == _AT_ONCE:
            return True
        looked_at = time.monotonic()
        return False

    return once


async def _keep(session: AsyncSession, ids: Sequence[int], made: Sequence[str]) -> None:
    """The last ones change what articles are near to others."""
    await PassageRepository(session).keep_vectors(ids, made)
    if len(ids) < _EMBEDDED_AT_ONCE:
        await announce_change(session)


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
            await self._database.transact(partial(_keep, ids=ids, made=made))
            self._after = max(ids)
        return len(found) == _EMBEDDED_AT_ONCE
