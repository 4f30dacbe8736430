"""Builds the pages of topics from what the service of tags answers."""

from typing import Annotated, Final, Literal

import orjson
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from stoa.modules.content.tags.errors import CannotMerge, TagNotFound
from stoa.modules.content.tags.schemas import TagQuery
from stoa.modules.content.tags.service import TagReads
from stoa.shared.database import ReadSession
from stoa.shared.errors import FieldFault, InvalidInput, Moved, NotFound
from stoa.shared.pagination import DEEPEST_SKIP
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug
from stoa.shared.text import clean_line
from stoa.web.contexts import PageMeta, TagRef
from stoa.web.forms import FormState
from stoa.web.paging import pager
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import Tab
from stoa.web.studio.rail import RailLink
from stoa.web.studio.topic_contexts import TopicConfirmPage, TopicPage, TopicsPage

HERE: Final = "/studio/tags"
PER_PAGE: Final = 50
_MOST_IN_BIN: Final = 100
_DONE: Final = {
    "saved": Done("Saved. The former address leads here too."),
    "merged": Done("Merged: all its articles carry this topic now, and its address leads here."),
    "deleted": Done("The topic is in the bin, where it stays for 30 days.", "Open the bin", f"{HERE}?show=bin"),
    "restored": Done("The topic is back, with its articles."),
}


class TopicsQuery(BaseModel):
    """The query string of the list of topics."""

    show: Literal["living", "bin"] = "living"
    search: Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)] = ""
    sort: Literal["name", "article_count"] = "name"
    page: Annotated[int, Field(ge=1, le=DEEPEST_SKIP // PER_PAGE)] = 1
    done: Annotated[str, Field(max_length=20)] = ""


class Topics:
    """The topics as one person may work on them."""

    def __init__(self, reads: ReadSession, actor: Actor, rail: tuple[RailLink, ...]) -> None:
        self._tags = TagReads(reads)
        self._rail = rail
        self._can_delete = actor.can("delete:tag")

    async def living(self, meta: PageMeta, query: TopicsQuery) -> TopicsPage:
        """One page of them. Raises NotFound behind the last one."""
        skip = (query.page - 1) * PER_PAGE
        found = await self._tags.page(TagQuery(search=query.search or None, sort=query.sort, limit=PER_PAGE, skip=skip))
        if query.page > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        kept = {"search": query.search, "sort": query.sort if query.sort != "name" else ""}
        return TopicsPage(
            meta=meta,
            topics=tuple(_topic(item) for item in found.items),
            search=query.search,
            sort=query.sort,
            tabs=_tabs(is_bin=False),
            rail=self._rail,
            pager=pager(HERE, query.page, more=found.next_cursor is not None, **{k: v for k, v in kept.items() if v}),
            can_delete=self._can_delete,
            done=_DONE.get(query.done),
        )

    async def bin(self, meta: PageMeta, query: TopicsQuery) -> TopicsPage:
        """Those that can be restored, deleted last first."""
        return TopicsPage(
            meta=meta,
            topics=tuple(_topic(item) for item in await self._tags.bin(limit=_MOST_IN_BIN)),
            is_bin=True,
            tabs=_tabs(is_bin=True),
            rail=self._rail,
            can_delete=self._can_delete,
            done=_DONE.get(query.done),
        )

    async def one(
        self,
        meta: PageMeta,
        topic: TagRef,
        form: FormState | None = None,
        merging: FormState | None = None,
        done: str = "",
    ) -> TopicPage:
        """A topic with its forms."""
        return TopicPage(
            meta=meta,
            topic=topic,
            carried=await self._tags.carried(topic.slug),
            form=form or FormState({"name": topic.name, "slug": topic.slug}),
            merging=merging or FormState(),
            rail=self._rail,
            can_delete=self._can_delete,
            done=_DONE.get(done),
        )

    async def topic(self, slug: str) -> TagRef:
        """Raises Moved for a former slug, else TagNotFound."""
        return _topic(await self._tags.one(slug))

    async def target(self, typed: str, source: TagRef) -> TagRef:
        """The topic that was named, by its name or its slug. Raises InvalidInput, CannotMerge."""
        slug = make_slug(typed, fallback="tag")
        try:
            found = await self.topic(slug)
        except Moved as moved:
            found = await self.topic(moved.slug)
        except TagNotFound:
            fault = FieldFault(
                "body.into", "There is no such topic. Write the name or the address of one that is there."
            )
            raise InvalidInput("There is no such topic.", faults=(fault,)) from None
        if found.slug == source.slug:
            raise CannotMerge("A topic cannot be merged into itself. Name another one.")
        return found

    async def ask_merge(self, meta: PageMeta, source: TagRef, target: TagRef) -> TopicConfirmPage:
        carried = await self._tags.carried(source.slug)
        articles = "1 article" if carried == 1 else f"{carried:,} articles"
        return TopicConfirmPage(
            meta=meta,
            title=f"Merge “{source.name}” into “{target.name}”?",
            text=f"{articles} (drafts too) will carry “{target.name}” instead. “{source.name}” goes, "
            "and its address leads to the other. This cannot be undone.",
            action=f"{HERE}/{source.slug}/merge",
            submit="Merge",
            back=f"{HERE}/{source.slug}",
            into=target.slug,
            rail=self._rail,
        )

    async def ask_delete(self, meta: PageMeta, topic: TagRef) -> TopicConfirmPage:
        carried = await self._tags.carried(topic.slug)
        articles = "1 article carries" if carried == 1 else f"{carried:,} articles carry"
        return TopicConfirmPage(
            meta=meta,
            title=f"Delete the topic “{topic.name}”?",
            text=f"{articles} it; they stay, without it. For 30 days it can be brought back from the bin.",
            action=f"{HERE}/{topic.slug}/delete",
            submit="Move to the bin",
            back=f"{HERE}/{topic.slug}",
            rail=self._rail,
        )


def _topic(item: str) -> TagRef:
    found = orjson.loads(item)
    return TagRef(found["slug"], found["name"], found["article_count"])


def _tabs(*, is_bin: bool) -> tuple[Tab, ...]:
    return Tab("All", HERE, not is_bin), Tab("Bin", f"{HERE}?show=bin", is_bin)
