"""The reading SQL of one reader's own feed: the newest of everybody and everything they follow, in one statement.

Each author and each tag is one short walk of its index; what comes from several of them is taken once.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, literal_column, or_, select, true, union
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.content.articles.models import Article
from stoa.modules.content.articles.queries import LISTED, NARROW, item_json
from stoa.modules.content.follows import service as follows
from stoa.modules.content.tags.models import ArticleTag
from stoa.shared.queries import Query

_FOLLOWER = bindparam("follower", type_=UuidType())


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool, for_page: bool) -> Query:
    """Up to `limit` + 1 rows of (item, key, id), newest first."""
    deepest: ColumnElement[Any] = literal_column(str(limit + skip + 1))
    found = union(_of_authors(deepest, after=after), _of_tags(deepest, after=after)).subquery("found")
    newest = (
        select(found.c.id, found.c.published_at)
        .order_by(found.c.published_at.desc(), found.c.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
        .subquery("newest")
    )
    rows = (
        select(*NARROW, newest.c.published_at.label("key"))
        .join(newest, newest.c.id == Article.id)
        .where(LISTED)
        .subquery("page")
    )
    item = item_json(rows, with_names=for_page).label("item")
    return Query(select(item, rows.c.key, rows.c.id).order_by(rows.c.key.desc(), rows.c.id.desc()))


AUTHOR_IS_FOLLOWED: ColumnElement[bool] = follows.is_followed(
    Article.author_id.expression, bindparam("viewer", type_=UuidType())
)


def _of_authors(most: ColumnElement[Any], *, after: bool) -> Select[*tuple[Any, ...]]:
    followed = follows.followed_authors(_FOLLOWER).subquery("authors")
    walk = (
        select(Article.id, Article.published_at)
        .where(LISTED, Article.author_id == followed.c.author_id)
        .where(*_beyond(Article.published_at.expression, Article.id.expression, after=after))
        .order_by(Article.published_at.desc(), Article.id.desc())
    )
    return _each(followed, walk, most)


def _of_tags(most: ColumnElement[Any], *, after: bool) -> Select[*tuple[Any, ...]]:
    followed = follows.followed_tags(_FOLLOWER).subquery("tags_followed")
    walk = (
        select(ArticleTag.article_id.label("id"), ArticleTag.published_at)
        .where(ArticleTag.tag_id == followed.c.tag_id, ArticleTag.is_public)
        .where(*_beyond(ArticleTag.published_at.expression, ArticleTag.article_id.expression, after=after))
        .order_by(ArticleTag.published_at.desc(), ArticleTag.article_id.desc())
    )
    return _each(followed, walk, most)


def _each(followed: FromClause, walk: Select[*tuple[Any, ...]], most: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    near = walk.limit(most).lateral()
    return select(near.c.id, near.c.published_at).select_from(followed.join(near, true()))


def _beyond(column: ColumnElement[Any], identity: ColumnElement[Any], *, after: bool) -> list[ColumnElement[bool]]:
    if not after:
        return []
    key = bindparam("key", type_=TIMESTAMP(timezone=True))
    return [or_(column < key, and_(column == key, identity < bindparam("last_id", type_=UuidType())))]
