"""The reading SQL of articles: which are public, how one is told as JSON by PostgreSQL, single ones, feeds, neighbours.

Predicates are literals: the planner then takes the partial indexes (a third faster). Lists are in `listing/`.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    TextClause,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from stoa.modules.content.articles.models import Article, ArticleRedirect
from stoa.modules.content.tags.models import ArticleTag, Tag
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object, json_object_of

PUBLIC = text("articles.status = 'published' AND articles.visibility = 'public' AND articles.deleted_at IS NULL")
LISTED = text(f"{PUBLIC.text} AND articles.kind = 'article'")
PAGES = text(f"{PUBLIC.text} AND articles.kind = 'page'")
LIVING = text("articles.deleted_at IS NULL")
NARROW = (
    Article.id, Article.slug, Article.title, Article.excerpt, Article.summary, Article.kind, Article.status,
    Article.author_id, Article.cover_url, Article.cover_alt, Article.published_at, Article.updated_at, Article.version,
    Article.reading_minutes, Article.comment_count,
)  # fmt: skip
_WHOLE = (
    Article.html, Article.language, Article.canonical_url, Article.meta_title, Article.meta_description,
    Article.visibility, Article.has_comments, Article.reactions,
)  # fmt: skip


@lru_cache(maxsize=4)
def by_ids(*, for_page: bool, for_staff: bool = False) -> Query:
    """Rows of (id, item) for the public ones among `ids`, for staff also the others, in no order."""
    wanted = bindparam("ids", type_=ARRAY(UuidType()))
    shown = LIVING if for_staff else PUBLIC
    more = (Article.publish_at,) if for_staff else ()
    rows = select(*NARROW, *more).where(shown, Article.id == any_(wanted)).subquery("page")
    item = item_json(rows, *(one.key for one in more), with_names=for_page)
    return Query(select(rows.c.id, item.label("item")))


def whole_for_page(*which: TextClause | ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Rows of (item, version) of whole articles as their pages need them."""
    return _whole(*which, text=Article.toc, with_names=True)


def _whole(
    *which: TextClause | ColumnElement[bool], text: InstrumentedAttribute[Any], with_names: bool
) -> Select[*tuple[Any, ...]]:
    columns = (*_WHOLE, text)
    rows = select(*NARROW, *columns).where(*which).subquery("page")
    item = item_json(rows, *(column.key for column in columns), with_names=with_names)
    return select(item.label("item"), rows.c.version)


@lru_cache(maxsize=2)
def calendar(*, owner: bool, limit: int) -> Query:
    """Items that go or went out from `first` to `until`, by that time."""
    at = func.coalesce(Article.publish_at, Article.published_at)
    shown: list[TextClause | ColumnElement[bool]] = [
        LIVING,
        Article.status.in_([literal_column("'scheduled'"), literal_column("'published'")]),
        at >= bindparam("first", type_=TIMESTAMP(timezone=True)),
        at < bindparam("until", type_=TIMESTAMP(timezone=True)),
        *([Article.author_id == bindparam("owner", type_=UuidType())] if owner else []),
    ]
    columns = (*NARROW, Article.publish_at, at.label("at"))
    rows = select(*columns).where(*shown).order_by(at, Article.id).limit(literal_column(str(limit))).subquery("page")
    return Query(select(item_json(rows, "publish_at", with_names=False)).order_by(rows.c.at, rows.c.id))


def editable(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Rows of what those see who may change an article, in the bin or not; the JSON as text."""
    columns = (*_WHOLE, Article.body)
    rows = select(*NARROW, *columns, Article.publish_at, Article.deleted_at).where(which).subquery("page")
    item = cast(item_json(rows, *(column.key for column in columns), with_names=False), Text())
    return select(item.label("json"), rows.c.author_id, rows.c.publish_at, rows.c.deleted_at)


def _editable_by_slug() -> Query:
    """The article that has the slug, or else had it; values: `slug`, and as `path` its former address."""
    present = select(Article.id).where(Article.slug == bindparam("slug")).scalar_subquery()
    former = select(ArticleRedirect.article_id).where(ArticleRedirect.path == bindparam("path")).scalar_subquery()
    return Query(editable(Article.id == func.coalesce(present, former)))


def item_json(rows: FromClause, *more: str, with_names: bool) -> ColumnElement[Any]:
    """The list item of the OpenAPI document from a row; for pages tags come with their names."""
    c = rows.c
    return json_object_of(
        {
            **{column.key: c[column.key] for column in NARROW if column is not Article.author_id},
            "tags": _tags_of(c.id, with_names=with_names),
            "author": users.public_author(c.author_id),
            **{name: c[name] for name in more},
        }
    )


def _tags_of(article_id: ColumnElement[Any], *, with_names: bool) -> ColumnElement[Any]:
    one: Any = json_object(slug=Tag.slug.expression, name=Tag.name.expression) if with_names else Tag.slug
    return (
        select(func.coalesce(func.json_agg(aggregate_order_by(one, Tag.slug)), literal_column("'[]'::json")))
        .select_from(ArticleTag)
        .join(Tag, Tag.id == ArticleTag.tag_id)
        .where(ArticleTag.article_id == article_id, Tag.deleted_at.is_(None))
        .scalar_subquery()
    )


def former_path(path: str) -> str:
    """A former address as it is kept: with or without a slash at its end it is the same."""
    return path.rstrip("/") or "/"


_BY_SLUG = Article.slug == bindparam("slug")
ONE = Query(_whole(PUBLIC, _BY_SLUG, text=Article.body, with_names=False))
ONE_FOR_PAGE = Query(whole_for_page(PUBLIC, _BY_SLUG))
EDITABLE = _editable_by_slug()
MOVED_TO = Query(
    select(Article.slug)
    .join(ArticleRedirect, ArticleRedirect.article_id == Article.id)
    .where(ArticleRedirect.path == bindparam("path"), PUBLIC)
)


def _feed(*which: ColumnElement[bool], of_tag: bool = False) -> Query:
    """The newest 20 with their HTML."""
    rows = select(*NARROW, Article.html).where(LISTED, *which).limit(literal_column("20"))
    order = (Article.published_at.desc(), Article.id.desc())
    if of_tag:
        rows = rows.join(ArticleTag, ArticleTag.article_id == Article.id).where(ArticleTag.is_public)
        order = (ArticleTag.published_at.desc(), ArticleTag.article_id.desc())
    page = rows.order_by(*order).subquery("page")
    return Query(
        select(item_json(page, "html", with_names=True)).order_by(page.c.published_at.desc(), page.c.id.desc())
    )


_tag = select(Tag.id).where(Tag.slug == bindparam("tag"), Tag.deleted_at.is_(None)).scalar_subquery()
FEED = _feed()
FEED_OF_AUTHOR = _feed(Article.author_id == users.id_of(bindparam("author", type_=Text())))
FEED_OF_TAG = _feed(ArticleTag.tag_id == _tag, of_tag=True)


ALL_OF_AUTHOR = Query(
    select(
        Article.slug, Article.title, Article.status, Article.published_at, Article.updated_at, Article.excerpt,
        Article.summary, Article.body,
    )
    .where(Article.author_id == bindparam("author_id", type_=UuidType()))
    .order_by(Article.created_at, Article.id)
)  # fmt: skip
