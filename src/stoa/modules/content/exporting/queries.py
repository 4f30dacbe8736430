"""The reading SQL of exports: articles in order of their slugs, their comments, and tags, a few at a time."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, cast, func, literal_column, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.content.articles.models import Article, ArticleRedirect
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.tags.models import ArticleTag, Tag, TagRedirect
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object_of

AT_ONCE = 20
_COLUMNS = (
    Article.id, Article.slug, Article.title, Article.kind, Article.status, Article.excerpt, Article.summary,
    Article.cover_url, Article.cover_alt, Article.language, Article.visibility, Article.has_comments,
    Article.canonical_url, Article.meta_title, Article.meta_description, Article.body,
)  # fmt: skip
_TIMES = (Article.publish_at, Article.published_at, Article.created_at, Article.updated_at)


def _time(column: Any) -> ColumnElement[Any]:
    return func.to_char(column, literal_column('\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''))


def _username(user_id: ColumnElement[Any]) -> ColumnElement[Any]:
    return users.public_author(user_id).op("->>")(cast("username", Text))


def _list(wanted: Any, source: Any) -> ColumnElement[Any]:
    listed = func.array_agg(aggregate_order_by(wanted, wanted.collate("C").asc()))
    return func.coalesce(source.with_only_columns(listed).scalar_subquery(), cast([], ARRAY(Text())))


_tags = (
    select(Tag.slug)
    .join(ArticleTag, ArticleTag.tag_id == Tag.id)
    .where(ArticleTag.article_id == Article.id, Tag.deleted_at.is_(None))
)
_aliases = select(ArticleRedirect.path).where(ArticleRedirect.article_id == Article.id)
_article = {
    **{column.key: column.expression for column in _COLUMNS},
    **{column.key: _time(column) for column in _TIMES},
    "author": _username(Article.author_id.expression),
    "tags": _list(Tag.slug, _tags),
    "aliases": _list(ArticleRedirect.path, _aliases),
}
ARTICLES = Query(
    select(json_object_of(_article).label("item"), Article.slug)
    .where(Article.deleted_at.is_(None), Article.slug > bindparam("after"))
    .order_by(Article.slug)
    .limit(literal_column(str(AT_ONCE)))
)
COMMENTS = Query(
    select(
        json_object_of(
            {
                "id": Comment.id.expression,
                "parent_id": Comment.parent_id.expression,
                "username": _username(Comment.author_id.expression),
                "guest_name": Comment.guest_name.expression,
                "guest_url": Comment.guest_url.expression,
                "status": Comment.status.expression,
                "body": Comment.body.expression,
                "created_at": _time(Comment.created_at),
                "edited_at": _time(Comment.edited_at),
                "is_deleted": Comment.deleted_at.is_not(None),
            }
        )
    ).where(Comment.article_id == bindparam("article_id", type_=UuidType()))
)
TAGS = Query(
    select(
        json_object_of(
            {
                "slug": Tag.slug.expression,
                "name": Tag.name.expression,
                "former_slugs": _list(TagRedirect.slug, select(TagRedirect.slug).where(TagRedirect.tag_id == Tag.id)),
            }
        )
    )
    .where(Tag.deleted_at.is_(None))
    .order_by(Tag.slug.collate("C"))
)
