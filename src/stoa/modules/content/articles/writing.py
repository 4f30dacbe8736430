"""Use cases of those who write: create, change, publish, delete. Rendering happens before any transaction is open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

from stoa.modules.content.articles import steps
from stoa.modules.content.articles.acting import ATTEMPTS, Acting
from stoa.modules.content.articles.drafting import changes_nothing, first_draft, given_in, moved, redrafted
from stoa.modules.content.articles.errors import AlreadyOut, NeverByItself, SlugTaken
from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.policy import (
    ARCHIVE,
    DELETE,
    EDIT,
    MODERATE,
    PUBLISH,
    RESTORE,
    SCHEDULE,
    UNPUBLISH,
)
from stoa.modules.content.articles.reading import ArticleReads, Found, Scope
from stoa.modules.content.articles.schemas import ArticleQuery, EditableArticle, Status
from stoa.modules.content.articles.steps import Step
from stoa.modules.content.articles.tagging import added, check_tags, demand_room, without
from stoa.modules.content.tags.service import TagReads
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.errors import FieldFault, InvalidInput, Moved, Unavailable
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import Rendered
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.pagination import Slice
from stoa.shared.security import Actor

SaveAct = Literal["saved", "autosaved"]
MOST_IN_CALENDAR: Final = 500
FARTHEST: Final = timedelta(days=3660)


class ArticleWriting:
    """What an author may do, and who moderates; each act commits by itself. `language` is that of new articles.

    Acts on one article raise ArticleNotFound, PermissionDenied, and StaleArticle when `versions` names other versions
    than the one there. A former slug of the article will do.
    """

    def __init__(self, database: Database, markdown: MarkdownPool, *, language: str = "en") -> None:
        self._database = database
        self._acting = Acting(database)
        self._markdown = markdown
        self._language = language

    async def preview(self, body: str) -> Rendered:
        """How a text will look; nothing is kept."""
        return await self._markdown.render(body)

    async def editable(self, actor: Actor, slug: str) -> EditableArticle:
        """The article to work on. Raises Moved for a former slug, ArticleNotFound, PermissionDenied."""
        article = await self._acting.seen(actor, slug, EDIT)
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

    async def calendar(self, actor: Actor, first: datetime, until: datetime) -> list[str]:
        """List items of what goes or went out from `first` to before `until`, by time, 500 at most.

        One's own, or everybody's for those who moderate.
        """
        return await self._reads.calendar(_scope_of(actor), first, until, limit=MOST_IN_CALENDAR)

    async def create(self, actor: Actor, new: ArticleIn, *, act: SaveAct = "saved") -> EditableArticle:
        """A draft of the caller's. Raises SlugTaken for a slug that was asked for."""
        actor.demand("create:article")
        demand_room(new.tags)
        await check_tags(self._tags, actor, new.tags)
        rendered = await self._markdown.render(new.body)
        draft = first_draft(actor, new, rendered, language=self._language, now=utc_now(), act=act)
        for _ in range(ATTEMPTS):
            try:
                return await self._database.transact(partial(steps.create, draft=draft, exactly=new.slug is not None))
            except SlugTaken:
                if new.slug is not None:
                    raise
        raise Unavailable("Many articles of that title are being made. Try again in a few seconds.")

    async def change(
        self, actor: Actor, slug: str, change: ArticleChange, versions: IfMatch, *, act: SaveAct = "saved"
    ) -> EditableArticle:
        """Set what the change says; where it says nothing new, all stays as it is, the version too.

        `act="autosaved"` is for what is saved by itself while somebody writes. Raises SlugTaken, NeverByItself.
        """
        given = dict(given_in(change))
        await check_tags(self._tags, actor, given.get("tags", ()))

        async def prepare(seen: EditableArticle) -> Step | None:
            if act == "autosaved" and seen.status not in {"draft", "scheduled"}:
                raise NeverByItself(seen.status)
            demand_room(given.get("tags", ()), carried=seen.tags)
            body = given.get("body", seen.body)
            rendered = await self._markdown.render(body)
            excerpt = await self._excerpt(seen, body, given.get("excerpt", seen.excerpt))
            if changes_nothing(seen, {**given, "excerpt": rendered.excerpt if excerpt is None else excerpt}):
                return None
            kept = {**given, "excerpt": excerpt, "act": act, "saved_by": actor.id}
            return steps.saving(redrafted(seen, rendered, now=utc_now(), **kept))

        return await self._acting.carry_out(actor, slug, EDIT, versions, prepare)

    async def publish(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Show it to everybody it is for; already published, it stays as it is."""
        return await self._acting.carry_out(actor, slug, PUBLISH, versions, partial(self._move, status="published"))

    async def schedule(
        self, actor: Actor, slug: str, publish_at: datetime, versions: IfMatch | None = None
    ) -> EditableArticle:
        """Have it published by itself at that time. Raises InvalidInput for a time that is over or too far ahead,
        AlreadyOut for what is published.
        """
        now = utc_now()
        if not now < publish_at <= now + FARTHEST:
            fault = FieldFault("body.publish_at", "must lie ahead, by 10 years at most")
            raise InvalidInput(f"It is {now:%Y-%m-%d %H:%M} UTC. Choose a time after that.", faults=(fault,))

        async def prepare(seen: EditableArticle) -> Step | None:
            if seen.status == "published":
                raise AlreadyOut
            if seen.status == "scheduled" and seen.publish_at == publish_at:
                return None
            rendered = await self._markdown.render(seen.body)
            return steps.saving(moved(seen, rendered, "scheduled", now=utc_now(), publish_at=publish_at))

        return await self._acting.carry_out(actor, slug, SCHEDULE, versions, prepare)

    async def archive(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Withdraw it from readers and put it out of the way."""
        return await self._acting.carry_out(actor, slug, ARCHIVE, versions, partial(self._move, status="archived"))

    async def add_tags(
        self, actor: Actor, slug: str, names: Sequence[str], versions: IfMatch | None = None
    ) -> EditableArticle:
        """Give it these tags too. Raises InvalidInput where they become too many."""
        await check_tags(self._tags, actor, names)

        async def prepare(seen: EditableArticle) -> Step | None:
            return await self._tagged(actor, seen, await added(self._tags, seen.tags, names))

        return await self._acting.carry_out(actor, slug, EDIT, versions, prepare)

    async def remove_tag(self, actor: Actor, slug: str, tag: str, versions: IfMatch | None = None) -> EditableArticle:
        """Take this tag from it. Raises TagNotCarried."""

        async def prepare(seen: EditableArticle) -> Step | None:
            return await self._tagged(actor, seen, await without(self._tags, seen.tags, tag))

        return await self._acting.carry_out(actor, slug, EDIT, versions, prepare)

    async def unpublish(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Make it a draft again."""
        return await self._acting.carry_out(actor, slug, UNPUBLISH, versions, partial(self._move, status="draft"))

    async def delete(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> None:
        """Put it in the bin, from which `restore` brings it back; its addresses stay reserved."""

        async def prepare(_: EditableArticle) -> Step:
            return steps.delete

        await self._acting.carry_out(actor, slug, DELETE, versions, prepare)

    async def restore(self, actor: Actor, slug: str, versions: IfMatch | None = None) -> EditableArticle:
        """Bring it back from the bin, as a draft; one that is not there stays as it is."""

        async def prepare(seen: EditableArticle) -> Step | None:
            if seen.deleted_at is None:
                return None
            rendered = await self._markdown.render(seen.body)
            back = moved(seen, rendered, "draft", now=utc_now())
            return steps.restoring(replace(back, act="restored", saved_by=actor.id))

        return await self._acting.carry_out(actor, slug, RESTORE, versions, prepare)

    async def _move(self, seen: EditableArticle, *, status: Status) -> Step | None:
        if seen.status == status:
            return None
        return steps.saving(moved(seen, await self._markdown.render(seen.body), status, now=utc_now()))

    async def _tagged(self, actor: Actor, seen: EditableArticle, tags: Sequence[str]) -> Step | None:
        if list(tags) == list(seen.tags):
            return None
        rendered = await self._markdown.render(seen.body)
        return steps.saving(redrafted(seen, rendered, now=utc_now(), tags=tags, saved_by=actor.id))

    async def _excerpt(self, seen: EditableArticle, body: str, wanted: str | None) -> str | None:
        """None for one made from the text: also for the one there, if it was made from the text before."""
        if wanted is None or wanted != seen.excerpt or body == seen.body:
            return wanted
        before = await self._markdown.render(seen.body)
        return None if wanted == before.excerpt else wanted

    @property
    def _reads(self) -> ArticleReads:
        return ArticleReads(self._database.reads)

    @property
    def _tags(self) -> TagReads:
        return TagReads(self._database.reads)


def _scope_of(actor: Actor) -> Scope:
    return Scope(owner=None if actor.can(MODERATE) else actor.user_id)
