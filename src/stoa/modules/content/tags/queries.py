"""The reading SQL of tags, one statement for each shape of list, compiled once."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, or_, select, true

from stoa.modules.content.tags.models import ArticleTag, Tag, TagRedirect
from stoa.modules.content.tags.schemas import TagQuery
from stoa.shared.queries import Query, json_object

LIVING = Tag.deleted_at.is_(None)


def tag_json() -> ColumnElement[Any]:
    return json_object(slug=Tag.slug.expression, name=Tag.name.expression, article_count=Tag.article_count.expression)


ONE = Query(select(tag_json()).where(Tag.slug == bindparam("slug"), LIVING))
REDIRECT = Query(
    select(Tag.slug)
    .join(TagRedirect, TagRedirect.tag_id == Tag.id)
    .where(TagRedirect.slug == bindparam("slug"), LIVING)
)

CARRIED = Query(
    select(func.count())
    .select_from(ArticleTag)
    .join(Tag, Tag.id == ArticleTag.tag_id)
    .where(Tag.slug == bindparam("slug"), LIVING)
)
_MERGED = and_(
    select(TagRedirect.slug).where(TagRedirect.slug == Tag.slug, TagRedirect.tag_id != Tag.id).exists(),
    ~select(ArticleTag.tag_id).where(ArticleTag.tag_id == Tag.id).exists(),
)
BIN = Query(
    select(tag_json())
    .where(Tag.deleted_at.is_not(None), ~_MERGED)
    .order_by(Tag.deleted_at.desc(), Tag.slug)
    .limit(bindparam("limit"))
)


@lru_cache(maxsize=256)
def page(sort: str, order: str, limit: int, skip: int, *, after: bool, search: bool) -> Query:
    """Up to `limit` + 1 rows of (item, sort key, slug); values: `key`, `slug` with `after`, `pattern` with `search`."""
    column = _sort_column(sort)
    found = [LIVING, _matches() if search else true(), _beyond(column, order) if after else true()]
    direction = [c.desc() if order == "desc" else c.asc() for c in (column, Tag.slug)]
    statement = select(tag_json().label("item"), column.label("key"), Tag.slug.label("slug"))
    # The limit is written as a literal: the planner then knows that a short walk of the index is enough.
    return Query(
        statement.where(*found)
        .order_by(*direction)
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=2)
def total(*, search: bool) -> Query:
    return Query(select(func.count()).select_from(Tag).where(LIVING, _matches() if search else true()))


def order_of(query: TagQuery) -> str:
    return query.order or ("asc" if query.sort == "name" else "desc")


def _sort_column(sort: str) -> ColumnElement[Any]:
    return func.lower(Tag.name) if sort == "name" else Tag.article_count.expression


def _matches() -> ColumnElement[bool]:
    return Tag.name.ilike(bindparam("pattern"), escape="\\")


def _beyond(column: ColumnElement[Any], order: str) -> ColumnElement[bool]:
    key: ColumnElement[Any] = bindparam("key", type_=column.type)
    slug: ColumnElement[str] = bindparam("slug")
    if order == "desc":
        return or_(column < key, and_(column == key, Tag.slug < slug))
    return or_(column > key, and_(column == key, Tag.slug > slug))
