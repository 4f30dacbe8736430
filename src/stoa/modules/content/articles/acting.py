"""The way of every act on an article: see it, ask whether this person may, prepare, write what was seen."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from stoa.modules.content.articles import steps
from stoa.modules.content.articles.errors import ArticleNotFound, ChangedMeanwhile, StaleArticle
from stoa.modules.content.articles.policy import RESTORE, Act, demand
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.steps import Step
from stoa.shared.database import Database
from stoa.shared.errors import Unavailable
from stoa.shared.if_match import IfMatch
from stoa.shared.security import Actor

ATTEMPTS: Final = 5


class Acting:
    """Raises ArticleNotFound, PermissionDenied, and StaleArticle when `versions` names others than the one there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self, actor: Actor, slug: str, act: Act) -> EditableArticle:
        """The article that has or had the slug, for somebody who may do this to it."""
        article = await ArticleReads(self._database.reads).editable(slug)
        if article is None or (article.deleted_at is not None and act is not RESTORE):
            raise ArticleNotFound(slug)
        demand(actor, act, article, asked=slug)
        return article

    async def carry_out(
        self,
        actor: Actor,
        slug: str,
        act: Act,
        versions: IfMatch | None,
        prepare: Callable[[EditableArticle], Awaitable[Step | None]],
    ) -> EditableArticle:
        """Prepare the change of what is there and write it, unless it changes in between: then prepare it again.

        Where there is nothing to change, `prepare` answers None.
        """
        for _ in range(ATTEMPTS):
            seen = await self.seen(actor, slug, act)
            _check_version(seen, versions)
            step = await prepare(seen)
            if step is None:
                return seen
            try:
                return await self._database.transact(
                    partial(steps.carry_out, actor=actor, act=act, seen=seen, step=step)
                )
            except ChangedMeanwhile:
                continue
        raise Unavailable("The article is being changed by somebody else. Try again in a few seconds.")


def _check_version(seen: EditableArticle, versions: IfMatch | None) -> None:
    if versions is not None and not versions.admits(seen.version):
        raise StaleArticle(version=seen.version, title=seen.title, body=seen.body, updated_at=seen.updated_at)
