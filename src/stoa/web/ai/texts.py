"""Texts of articles for the features of models, as their reader may see them."""

import orjson

from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import Database
from stoa.shared.errors import Moved, PermissionDenied
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.security import Actor


class ArticleTexts:
    """The `Texts` of models."""

    def __init__(self, database: Database, markdown: MarkdownPool) -> None:
        self._articles = ArticleReads(database.reads)
        self._writing = ArticleWriting(database, markdown)

    async def article(self, slug: str, viewer: Actor) -> str:
        """Public, or one's own. Raises ArticleNotFound."""
        try:
            read = orjson.loads((await self._articles.versioned(slug)).json)
            return f"# {read['title']}\n\n{read['body']}"
        except Moved as moved:
            if moved.slug == slug:
                raise ArticleNotFound(slug) from None
            return await self.article(moved.slug, viewer)
        except ArticleNotFound:
            try:
                own = await self._writing.editable(viewer, slug)
            except (PermissionDenied, Moved):
                raise ArticleNotFound(slug) from None
            return f"# {own.title}\n\n{own.body}"
