"""Use cases that keep the search in step with the articles. Searching is in `reading.py`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from .repository import SearchRepository
from .schemas import Reach, SearchEntry


class SearchService:
    """The caller's unit of work commits what is done here, with the articles themselves."""

    def __init__(self, session: AsyncSession) -> None:
        self._search = SearchRepository(session)

    async def index(self, entries: Sequence[SearchEntry], *, learn_words: bool = True) -> None:
        """Make these articles findable as they are now; to be called with every save, in the same transaction.

        `learn_words` is left out where `refresh_words` follows, as after an import: it saves a third of the time.
        """
        if entries:
            await self._search.index(entries, learn_words=learn_words)

    async def show(self, shown: Sequence[tuple[UUID, Reach, datetime]]) -> None:
        """Let others find these articles from now on, published at that time; what they say is as it was."""
        await self._search.show(shown)

    async def remove(self, ids: Iterable[UUID]) -> None:
        """Forget these articles; one deleted for good is forgotten by itself."""
        await self._search.remove(ids)

    async def refresh_words(self) -> None:
        """Count all words again, for better guesses at typing errors: after imports, and once a night."""
        await self._search.refresh_words()
