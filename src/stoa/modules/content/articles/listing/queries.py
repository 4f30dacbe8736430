"""The reading SQL of the lists that people ask for: sorted, narrowed, page by page; one statement for each shape.

The inner select picks the rows of the page, the outer one makes their JSON, so that skipped rows cost an index entry
and no more. Predicates and limits are literals: the planner then takes the partial indexes (a third faster).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    TextClause,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.content.articles.models import Article
from stoa.modules.content.articles.queries import LISTED, LIVING, NARROW, PAGES, item_json
from stoa.modules.content.tags.models import ArticleTag, Tag
from stoa.modules.users import service as users
from stoa.shared.queries import Query


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list's statement depends on; the values are bound when it runs."""

    sort: str
    order: str
    limit: int
    skip: int
    author: bool = False
    tags: int = 0
    all_tags: bool = False
    from_date: bool = False
    to_date: bool = False
    after: bool = False
    for_page: bool = False
    for_staff: bool = False
    status: str = ""
    kind: str = ""
    owner: bool = False

    @property
    def walks_tag(self) -> bool:
        """One tag, newest first: the link's own index has the order."""
        return (
            self.tags == 1
            and self.sort == "published_at"
            and not (self.author or self.for_staff or self.kind == "page")
        )


@lru_cache(maxsize=1024)
def page(shape: Shape) -> Query:
    """Up to `limit` + 1 rows of (item, key, id)."""
    column = _sort_column(shape)
    identity = ArticleTag.article_id if shape.walks_tag else Article.id
    direction = [c.desc() if shape.order == "desc" else c.asc() for c in (column, identity)]
    more = (Article.publish_at,) if shape.for_staff else ()
    rows = (
        _filtered(select(*NARROW, *more, column.label("key")), shape)
        .order_by(*direction)
        .limit(literal_column(str(shape.limit + 1)))
        .offset(literal_column(str(shape.skip)))
        .subquery("page")
    )
    outer = [c.desc() if shape.order == "desc" else c.asc() for c in (rows.c.key, rows.c.id)]
    item = item_json(rows, *(one.key for one in more), with_names=shape.for_page).label("item")
    return Query(select(item, rows.c.key, rows.c.id).order_by(*outer))


@lru_cache(maxsize=64)
def total(shape: Shape) -> Query:
    return Query(_filtered(select(func.count()).select_from(Article), shape))


def _sort_column(shape: Shape) -> ColumnElement[Any]:
    if shape.walks_tag:
        return ArticleTag.published_at.expression
    if shape.sort == "title":
        return func.lower(Article.title)
    if shape.sort == "updated_at":
        return Article.updated_at.expression
    if shape.for_staff:
        return func.coalesce(Article.published_at, Article.created_at)
    return Article.published_at.expression


def _filtered(statement: Select[*tuple[Any, ...]], shape: Shape) -> Select[*tuple[Any, ...]]:
    published = ArticleTag.published_at if shape.walks_tag else Article.published_at
    if shape.walks_tag:
        tag = select(Tag.id).where(Tag.slug == func.any(_tags()), Tag.deleted_at.is_(None)).scalar_subquery()
        statement = statement.join(ArticleTag, ArticleTag.article_id == Article.id)
        statement = statement.where(ArticleTag.tag_id == tag, ArticleTag.is_public)
    elif shape.tags:
        statement = statement.where(_has_tags(shape))
    statement = statement.where(*_shown(shape))
    if shape.author:
        statement = statement.where(Article.author_id == users.id_of(bindparam("author", type_=Text())))
    if shape.from_date:
        statement = statement.where(published >= bindparam("from_date", type_=TIMESTAMP(timezone=True)))
    if shape.to_date:
        statement = statement.where(published < bindparam("to_date", type_=TIMESTAMP(timezone=True)))
    return statement.where(_beyond(shape)) if shape.after else statement


def _shown(shape: Shape) -> list[TextClause | ColumnElement[bool]]:
    """What this list may hold; with `owner` only theirs."""
    if not shape.for_staff:
        return [PAGES if shape.kind == "page" else LISTED]
    shown: list[TextClause | ColumnElement[bool]] = []
    shown.append(Article.deleted_at.is_not(None) if shape.status == "deleted" else LIVING)
    if shape.status not in {"deleted", "all"}:
        shown.append(Article.status == shape.status)
    if shape.kind:
        shown.append(Article.kind == shape.kind)
    if shape.owner:
        shown.append(Article.author_id == bindparam("owner", type_=UuidType()))
    return shown


def _tags() -> ColumnElement[Any]:
    return bindparam("tags", type_=ARRAY(Text()))


def _has_tags(shape: Shape) -> ColumnElement[bool]:
    """By the links of those tags: their number bounds the work, wherever in the list such articles are."""
    links = (
        select(ArticleTag.article_id)
        .join(Tag, Tag.id == ArticleTag.tag_id)
        .where(Tag.slug == any_(_tags()), Tag.deleted_at.is_(None))
    )
    if not shape.for_staff and shape.kind != "page":  # a page is in no tag's list
        links = links.where(ArticleTag.is_public)
    if shape.all_tags:
        links = links.group_by(ArticleTag.article_id).having(func.count() == literal_column(str(shape.tags)))
    return Article.id.in_(links)


def _beyond(shape: Shape) -> ColumnElement[bool]:
    column = _sort_column(shape)
    identity: ColumnElement[Any] = (ArticleTag.article_id if shape.walks_tag else Article.id).expression
    key, last = bindparam("key", type_=column.type), bindparam("last_id", type_=UuidType())
    if shape.order == "desc":
        return or_(column < key, and_(column == key, identity < last))
    return or_(column > key, and_(column == key, identity > last))
