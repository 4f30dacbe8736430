"""What may be read of articles, as JSON made by the database: by everybody, and by those who write. Never writes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from stoa.modules.content.articles import queries
from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.listing import queries as lists
from stoa.modules.content.articles.listing.queries import Shape
from stoa.modules.content.articles.schemas import ArticleOut, ArticleQuery, EditableArticle, Listed, VersionedArticle
from stoa.modules.content.search.reading import SearchReads
from stoa.modules.content.search.schemas import DEEPEST, Audience, Hit, SearchRequest
from stoa.modules.users.schemas import UserRef
from stoa.shared.database import ReadSession
from stoa.shared.errors import InvalidInput, Moved
from stoa.shared.pagination import Order, Slice, decode_cursor, encode_cursor

_FROM_JSON = frozenset(field.name for field in fields(EditableArticle)) & frozenset(ArticleOut.model_fields)
_KEPT = _FROM_JSON - {"tags", "author"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `corrected` is what was searched for instead of words that find nothing."""

    page: Slice
    corrected: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Articles of any status; `owner` limits them to one author's."""

    owner: UUID | None


class ArticleReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: ArticleQuery, *, for_page: bool = False, scope: Scope | None = None) -> Slice:
        """One page of articles; `for_page`: tags come with their names. Raises MalformedInput (cursor).

        Without a `scope` only what everybody may read.
        """
        shape, values = _shape(query, scope, for_page=for_page)
        kind = f"articles.{shape.sort}.{shape.order}"
        if query.cursor:
            key_type = str if shape.sort == "title" else datetime
            values["key"], values["last_id"] = decode_cursor(query.cursor, kind, key_type, UUID)
        rows = await self._reads.fetch(lists.page(shape), **values)
        total = await self._total(shape, values) if query.count else None
        more = len(rows) > shape.limit
        rows = rows[: shape.limit]
        cursor = encode_cursor(kind, rows[-1]["key"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def search(self, query: ArticleQuery, *, for_page: bool = False, scope: Scope | None = None) -> Found:
        """One page of the articles that `query.search` finds, best first or by date, each with its highlight.

        Without a `scope` only what everybody may read, else what it holds and is not deleted.
        Raises MalformedInput for a cursor of another list, InvalidInput for words out of bounds.
        """
        sort = query.sort or "rank"
        if sort not in {"rank", "published_at"}:
            raise InvalidInput("What a search finds is sorted by `rank` or `published_at`.")
        order = query.order or "desc"
        kind = f"found.{sort}.{order}"
        skip = decode_cursor(query.cursor, kind, int)[0] if query.cursor else query.skip
        request = _search_request(query, sort, order, skip)
        found = await SearchReads(self._reads).search(_within(request, query.status, scope) if scope else request)
        ids = [hit.article_id for hit in found.hits]
        items = await self.items(ids, for_page=for_page, for_staff=scope is not None) if ids else {}
        page = [_highlighted(items[hit.article_id], hit) for hit in found.hits if hit.article_id in items]
        deeper = skip + query.limit
        cursor = encode_cursor(kind, deeper) if found.has_more and deeper <= DEEPEST else None
        return Found(Slice(page, cursor, found.total), found.corrected)

    async def one(self, slug: str, *, for_page: bool = False) -> str:
        """A public article whole. Raises Moved for a former slug, else ArticleNotFound."""
        return (await self.versioned(slug, for_page=for_page)).json

    async def versioned(self, slug: str, *, for_page: bool = False) -> VersionedArticle:
        """As `one`, with the version that it is."""
        found = await self._reads.fetch_row(queries.ONE_FOR_PAGE if for_page else queries.ONE, slug=slug)
        if found is not None:
            return VersionedArticle(found["item"], found["version"])
        moved = await self.moved_to(f"/articles/{slug}")
        raise Moved(moved) if moved else ArticleNotFound(slug)

    async def moved_to(self, path: str) -> str | None:
        """The slug of the article that an old path leads to."""
        found: str | None = await self._reads.fetch_value(queries.MOVED_TO, path=queries.former_path(path))
        return found

    async def editable(self, slug: str) -> EditableArticle | None:
        """The article that has or had the slug, whoever may see it; in the bin, too."""
        row = await self._reads.fetch_row(queries.EDITABLE, slug=slug, path=f"/articles/{slug}")
        return editable_of(*row) if row else None

    async def items(self, ids: Sequence[UUID], *, for_page: bool = False, for_staff: bool = False) -> dict[UUID, str]:
        """The list items of the public ones among these articles, for staff also of the others."""
        rows = await self._reads.fetch(queries.by_ids(for_page=for_page, for_staff=for_staff), ids=list(ids))
        return {row["id"]: row["item"] for row in rows}

    async def calendar(self, scope: Scope, first: datetime, until: datetime, *, limit: int) -> list[str]:
        """List items, with `publish_at`, of what goes or went out from `first` to before `until`, by time."""
        query = queries.calendar(owner=scope.owner is not None, limit=limit)
        rows = await self._reads.fetch(query, owner=scope.owner, first=first, until=until)
        return [row[0] for row in rows]

    async def feed(self, *, author: str | None = None, tag: str | None = None) -> list[str]:
        """The newest 20 with their HTML: of all, of the author of that username, or of the tag of that slug."""
        if author is not None:
            rows = await self._reads.fetch(queries.FEED_OF_AUTHOR, author=author.lower())
        elif tag is not None:
            rows = await self._reads.fetch(queries.FEED_OF_TAG, tag=tag)
        else:
            rows = await self._reads.fetch(queries.FEED)
        return [row[0] for row in rows]

    async def _total(self, shape: Shape, values: dict[str, Any]) -> int:
        plain = replace(shape, sort="published_at", order="desc", limit=0, skip=0, after=False, for_page=False)
        total: int = await self._reads.fetch_value(lists.total(plain), **values)
        return total


def editable_of(
    json: str, author_id: UUID, publish_at: datetime | None, deleted_at: datetime | None
) -> EditableArticle:
    """From a row of `queries.editable`."""
    whole = ArticleOut.model_validate_json(json)
    kept = {name: getattr(whole, name) for name in _KEPT}
    author = UserRef(author_id, whole.author.username, whole.author.display_name)
    article = EditableArticle(
        **kept, tags=tuple(whole.tags), author=author, publish_at=publish_at, deleted_at=deleted_at, json=json
    )
    return article if article.is_public else replace(article, json=_with_dates(article))


def _with_dates(article: EditableArticle) -> str:
    """The JSON of what is not public. What is, looks the same to everybody, so that its tags are the same too."""
    dates = orjson.dumps({"publish_at": article.publish_at, "deleted_at": article.deleted_at}).decode()
    return f"{article.json.rstrip().removesuffix('}')},{dates[1:]}"


def _within(request: SearchRequest, status: Listed, scope: Scope) -> SearchRequest:
    """Typing errors are mended with words of all articles, so only for those who may see all."""
    return replace(
        request,
        audience=Audience.STAFF,
        author_id=scope.owner,
        statuses=() if status == "all" else (status,),
        forgive=scope.owner is None,
    )


def _search_request(query: ArticleQuery, sort: str, order: Order, skip: int) -> SearchRequest:
    return SearchRequest(
        words=query.search or "",
        author=query.author,
        tags=tuple(query.tags),
        kind=query.kind,
        all_tags=query.tags_match == "all",
        from_date=query.from_date,
        to_date=query.to_date,
        sort="rank" if sort == "rank" else "published_at",
        order=order,
        limit=query.limit,
        skip=skip,
        count=query.count,
    )


def _highlighted(item: str, hit: Hit) -> str:
    """The list item with its highlight put in at the end."""
    highlight = orjson.dumps({"title": hit.title, "text": hit.text}).decode()
    return f'{item.rstrip().removesuffix("}")},"highlight":{highlight}}}'


def _shape(query: ArticleQuery, scope: Scope | None, *, for_page: bool) -> tuple[Shape, dict[str, Any]]:
    usual = "updated_at" if scope else "title" if query.kind == "page" else "published_at"
    sort = query.sort if query.sort and query.sort != "rank" else usual
    shape = Shape(
        sort=sort,
        order=query.order or ("asc" if sort == "title" else "desc"),
        limit=query.limit,
        skip=query.skip,
        author=query.author is not None,
        tags=len(query.tags),
        all_tags=query.tags_match == "all",
        from_date=query.from_date is not None,
        to_date=query.to_date is not None,
        after=query.cursor is not None,
        for_page=for_page,
        for_staff=scope is not None,
        status=query.status if scope else "",
        kind=query.kind or "",
        owner=scope is not None and scope.owner is not None,
    )
    values = {
        "owner": scope.owner if scope else None,
        "author": query.author.lower() if query.author else None,
        "tags": query.tags,
        "from_date": query.from_date,
        "to_date": query.to_date,
    }
    return shape, values
