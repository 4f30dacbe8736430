"""Use cases of those who write: create, change, publish, delete. Rendering happens before any transaction is open."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final

from stoa.modules.content.articles import steps
from stoa.modules.content.articles.drafting import first_draft, given_in, moved, redrafted
from stoa.modules.content.articles.errors import ArticleNotFound, ChangedMeanwhile, SlugTaken, StaleArticle
from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.policy import DELETE, EDIT, MODERATE, PUBLISH, RESTORE, UNPUBLISH, Act, demand
from stoa.modules.content.articles.reading import ArticleReads, Found, Scope
from stoa.modules.content.articles.schemas import ArticleQuery, EditableArticle, Status
from stoa.modules.content.articles.steps import Step
from stoa.modules.content.tags.errors import TagNotFound
from stoa.modules.content.tags.service import TagReads
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.errors import Moved, PermissionDenied, Unavailable
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import Rendered
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.pagination import Slice
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug

_ATTEMPTS: Final = 5


class ArticleWriting:
    """What an author may do, and who moderates; each act commits by itself. `language` is that of new articles.

    Acts on one article raise ArticleNotFound, PermissionDenied, and StaleArticle when `versions` names other versions
    than the one there. A former slug of the article will do.
    """

    def __init__(self, database: Database, markdown: MarkdownPool, *, language: str = "en") -> None:
        self._database = database
        self._markdown = markdown
        self._language = language

    async def preview(self, body: str) -> Rendered:
        """How a text will look; nothing is kept."""
        return await self._markdown.render(body)

    async def editable(self, actor: Actor, slug: str) -> EditableArticle:
        """The article to work on. Raises Moved for a former slug, ArticleNotFound, PermissionDenied."""
        article = await self._seen(actor, slug, EDIT)
        if article.slug != slug:
            raise Moved(article.slug)
        return article

    async def mine(self, actor: Actor, query: ArticleQuery, *, for_page: bool = False) -> Slice:
        """One page of one's own articles, or of everybody's for those who moderate; `query.status` says which."""
        if query.search:
            return (await self.search_mine(actor, query, for_page=for_page)).page
        return await self._reads.page(query, for_page=for_page, scope=_scope_of(actor))

    async def search_mine(self, actor: Actor, query: ArticleQuery, *, for_page: bool = False) -> Found:
        """As `mine`, for what `query.search` finds; the bin is not searched."""
        return await self._reads.search(query, for_page=for_page, scope=_scope_of(actor))

    async def create(self, actor: Actor, new: ArticleIn) -> EditableArticle:
        """A draft of the caller's. Raises SlugTaken for a slug that was asked for."""
        actor.demand("create:article")
        await self._check_tags(actor, new.tags)
        rendered = await self._markdown.render(new.body)
        draft = first_draft(actor, new, rendered, language=self._language, now=utc_now())
        for _ in range(_ATTEMPTS):
            try:
                return await self._database.transact(partial(steps.create, draft=draft, exactly=new.slug is not None))
            except SlugTaken:
                if new.slug is not None:
                    raise
        raise Unavailable("Many articles of that title are being made. Try again in a few seconds.")

    async def change(self, actor: Actor, slug: str, change: ArticleChange, versions: IfMatch) -> EditableArticle:
        """Set what the change says. Raises SlugTaken."""
        given = dict(given_in(change))
        await self._check_tags(actor, given.get("tags", ()))

        async def prepare(seen: EditableArticle) -> Step:
            body = given.get("body", seen.body)
            rendered = await self._markdown.render(body)
            excerpt = await self._excerpt(seen, body, given.get("excerpt", seen.excerpt))
            return steps.saving(redrafted(seen, rendered, now=utc_now(), **{**given, "excerpt": excerpt}))

        return await self._act(actor, slug, EDIT, versions, prepare)

    async def publish(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Show it to everybody it is for; already published, it stays as it is."""
        return await self._act(actor, slug, PUBLISH, versions, partial(self._move, status="published"))

    async def unpublish(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Make it a draft again."""
        return await self._act(actor, slug, UNPUBLISH, versions, partial(self._move, status="draft"))

    async def delete(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> None:
        """Put it in the bin, from which `restore` brings it back; its addresses stay reserved."""

        async def prepare(_: EditableArticle) -> Step:
            return steps.delete

        await self._act(actor, slug, DELETE, versions, prepare)

    async def restore(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Bring it back from the bin, as a draft; one that is not there stays as it is."""

        async def prepare(seen: EditableArticle) -> Step | None:
            if seen.deleted_at is None:
                return None
            rendered = await self._markdown.render(seen.body)
            return steps.restoring(moved(seen, rendered, "draft", now=utc_now()))

        return await self._act(actor, slug, RESTORE, versions, prepare)

    @property
    def _reads(self) -> ArticleReads:
        return ArticleReads(self._database.reads)

    async def _act(
        self,
        actor: Actor,
        slug: str,
        act: Act,
        versions: IfMatch | None,
        prepare: Callable[[EditableArticle], Awaitable[Step | None]],
    ) -> EditableArticle:
        """Prepare the change of what is there and write it, unless it changes in between: then prepare it again."""
        for _ in range(_ATTEMPTS):
            seen = await self._seen(actor, slug, act)
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

    async def _seen(self, actor: Actor, slug: str, act: Act) -> EditableArticle:
        article = await self._reads.editable(slug)
        if article is None or (article.deleted_at is not None and act is not RESTORE):
            raise ArticleNotFound(slug)
        demand(actor, act, article, asked=slug)
        return article

    async def _move(self, seen: EditableArticle, *, status: Status) -> Step | None:
        if seen.status == status:
            return None
        return steps.saving(moved(seen, await self._markdown.render(seen.body), status, now=utc_now()))

    async def _excerpt(self, seen: EditableArticle, body: str, wanted: str | None) -> str | None:
        """None for one made from the text: also for the one there, if it was made from the text before."""
        if wanted is None or wanted != seen.excerpt or body == seen.body:
            return wanted
        before = await self._markdown.render(seen.body)
        return None if wanted == before.excerpt else wanted

    async def _check_tags(self, actor: Actor, names: Iterable[str]) -> None:
        """Who may not make tags uses those there are."""
        if actor.can("create:tag"):
            return
        for name in names:
            slug = make_slug(name, fallback="tag")
            try:
                await TagReads(self._database.reads).one(slug)
            except Moved:
                continue
            except TagNotFound:
                raise PermissionDenied(
                    f"There is no tag '{slug}', and you may not make tags. Use one there is."
                ) from None


def _scope_of(actor: Actor) -> Scope:
    return Scope(owner=None if actor.can(MODERATE) else actor.user_id)


def _check_version(seen: EditableArticle, versions: IfMatch | None) -> None:
    if versions is not None and not versions.admits(seen.version):
        raise StaleArticle(version=seen.version, title=seen.title, body=seen.body, updated_at=seen.updated_at)
