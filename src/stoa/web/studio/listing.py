"""The list of articles: what the query string asks for, and the page made of what the writing service answers."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import orjson
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from stoa.modules.content.articles.schemas import LONGEST_SEARCH, ArticleQuery
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.errors import InvalidInput, NotFound
from stoa.shared.pagination import DEEPEST_SKIP, Slice
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug
from stoa.shared.text import clean_line
from stoa.web.contexts import PageMeta, Pager
from stoa.web.paging import pager
from stoa.web.studio.contexts import Done
from stoa.web.studio.list_contexts import (
    VIEWS,
    ArticleRow,
    ArticlesPage,
    BulkResult,
    Filters,
    KindWanted,
    Refusal,
    RowTag,
    SortBy,
    Tab,
    View,
    Whose,
)
from stoa.web.studio.rail import RailLink

PER_PAGE: Final = 20
Typed = Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line)]
_WENT_WELL: Final = {
    "publish": "{} published.",
    "unpublish": "{} unpublished: drafts again.",
    "archive": "{} archived: out of readers' sight.",
    "delete": "{} in the bin, where they stay for 30 days.",
    "restore": "{} back from the bin, as drafts.",
    "tag": "{} tagged.",
}


class StudioQuery(BaseModel):
    """The query string of the list: which articles, which page, and what has just been done."""

    show: View = "all"
    whose: Whose = "mine"
    kind: KindWanted = "any"
    tag: Typed = ""
    author: Typed = ""
    q: Annotated[str, StringConstraints(max_length=LONGEST_SEARCH), AfterValidator(clean_line)] = ""
    sort: SortBy = "updated_at"
    page: Annotated[int, Field(ge=1, le=DEEPEST_SKIP // PER_PAGE)] = 1
    done: Annotated[str, Field(max_length=20)] = ""
    count: Annotated[int, Field(ge=0, le=PER_PAGE)] = 0


class ArticleLists:
    """Builds the list for one person."""

    def __init__(self, writing: ArticleWriting, actor: Actor) -> None:
        self._writing = writing
        self._actor = actor

    async def page(
        self,
        meta: PageMeta,
        query: StudioQuery,
        rail: tuple[RailLink, ...],
        *,
        result: BulkResult | None = None,
        chosen: Collection[str] = (),
        tag_typed: str = "",
    ) -> ArticlesPage:
        """One's own articles, for moderators also everybody's. Raises NotFound behind the last page."""
        filters = self.filters(query)
        problem, found = "", Slice([], None)
        try:
            found = await self._writing.mine(self._actor, self._asked(filters, query.page), for_page=True)
        except InvalidInput as fault:
            problem = fault.detail
        if query.page > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        rows = tuple(_row(orjson.loads(item), filters, chosen) for item in found.items)
        return ArticlesPage(
            meta=meta,
            articles=rows,
            filters=filters,
            tabs=_tabs(filters),
            rail=rail,
            pager=_pager(filters, query.page, found),
            moderates=self._moderates,
            can_publish=self._moderates or self._actor.can("publish:article"),
            can_delete=self._moderates or self._actor.can("delete:article"),
            done=_done(query),
            result=_titled(result, rows),
            problem=problem,
            tag_typed=tag_typed,
        )

    def filters(self, query: StudioQuery) -> Filters:
        """Who does not moderate sees their own; who names an author means everybody's; the bin is not searched."""
        author = query.author if self._moderates else ""
        whose: Whose = "everybody" if author else query.whose if self._moderates else "mine"
        words = "" if query.show == "deleted" else query.q
        return Filters(query.show, whose, query.kind, query.tag, author, words, query.sort)

    def _asked(self, filters: Filters, page: int) -> ArticleQuery:
        """What a search finds comes best first, or by date; a list in the order asked for."""
        sort = "published_at" if filters.sort == "published_at" else None
        return ArticleQuery(
            search=filters.q or None,
            status=filters.show,
            kind=None if filters.kind == "any" else filters.kind,
            author=filters.author or (self._actor.username if filters.whose == "mine" else None),
            tags=[make_slug(filters.tag, fallback="tag")] if filters.tag else [],
            sort=sort if filters.q else filters.sort,
            limit=PER_PAGE,
            skip=(page - 1) * PER_PAGE,
        )

    @property
    def _moderates(self) -> bool:
        return self._actor.can("moderate:article")


def _row(item: Mapping[str, Any], filters: Filters, chosen: Collection[str]) -> ArticleRow:
    when_is, when = _moment(item)
    return ArticleRow(
        slug=item["slug"],
        title=item["title"],
        status="deleted" if filters.show == "deleted" else item["status"],
        author_name=item["author"]["display_name"],
        when=datetime.fromisoformat(when),
        when_is=when_is,
        tags=tuple(RowTag(tag["name"], f"/studio{_with_tag(filters, tag['slug'])}") for tag in item["tags"]),
        comment_count=item["comment_count"],
        is_page=item["kind"] == "page",
        is_chosen=item["slug"] in chosen,
    )


def _titled(result: BulkResult | None, rows: Iterable[ArticleRow]) -> BulkResult | None:
    """What was refused, by the titles that the list has for it."""
    if result is None:
        return None
    titles = {row.slug: row.title for row in rows}
    return BulkResult(result.text, tuple(Refusal(titles.get(one.title, one.title), one.why) for one in result.refused))


def _moment(item: Mapping[str, Any]) -> tuple[str, str]:
    if item["status"] == "scheduled" and item.get("publish_at"):
        return "Goes out", item["publish_at"]
    if item["status"] == "published":
        return "Published", item["published_at"]
    return "Changed", item["updated_at"]


def _with_tag(filters: Filters, tag: str) -> str:
    return Filters(filters.show, filters.whose, filters.kind, tag, filters.author, "", filters.sort).query


def _tabs(filters: Filters) -> tuple[Tab, ...]:
    rest = (filters.whose, filters.kind, filters.tag, filters.author, filters.q, filters.sort)
    addresses = {view: f"/studio{Filters(view, *rest).query}" for view in VIEWS}
    return tuple(Tab(label, addresses[view], view == filters.show) for view, label in VIEWS.items())


def _pager(filters: Filters, page: int, found: Slice) -> Pager:
    return pager("/studio", page, more=found.next_cursor is not None, **filters.kept)


def _done(query: StudioQuery) -> Done | None:
    if query.done == "deleted" and not query.count:
        return Done("In the bin, where it stays for 30 days.", "Open the bin", "/studio?show=deleted")
    words = _WENT_WELL.get(query.done)
    if words is None or not query.count:
        return None
    text = words.format(query.count)
    return Done(text, "Open the bin", "/studio?show=deleted") if query.done == "delete" else Done(text)
