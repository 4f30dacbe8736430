"""The pages that every footer leads to, read once after each change and not once for each page that shows them."""

import asyncio
from contextvars import Context
from typing import Final

import orjson
from starlette.requests import Request

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleQuery
from stoa.shared.database import ReadSession, reads_of
from stoa.shared.middleware.page_cache import PageStore
from stoa.web.contexts import PageLink

MOST_PAGES: Final = 20
_QUERY = ArticleQuery(tags=[], kind="page", limit=MOST_PAGES)

Links = tuple[PageLink, ...]


class FooterPages:
    """Links of one process, by title; as fresh as the answers that the page cache keeps."""

    def __init__(self, store: PageStore) -> None:
        self._store = store
        self._loading: asyncio.Task[Links] | None = None
        self._loaded_at = -1

    async def links(self, reads: ReadSession) -> Links:
        """Everybody who asks after a change waits for the same statement; it is no request's own."""
        generation = self._store.generation
        is_kept = self._loading is not None and self._loaded_at == generation and self._store.is_keeping
        if self._loading is None or not is_kept:
            self._loaded_at = generation
            self._loading = asyncio.create_task(_load(reads), context=Context(), name="pages of the footer")
        loading = self._loading
        try:
            return await asyncio.shield(loading)
        except Exception:
            if self._loading is loading:
                self._loading = None
            raise


async def footer_of(request: Request) -> Links:
    """What the footer of this page leads to."""
    pages: FooterPages = request.app.state.footer
    return await pages.links(reads_of(request))


async def _load(reads: ReadSession) -> Links:
    found = await ArticleReads(reads).page(_QUERY)
    items = [orjson.loads(item) for item in found.items]
    return tuple(PageLink(item["slug"], item["title"]) for item in items)
