"""The reading SQL of sitemaps: what everybody may read, each with the time of its newest change."""

from typing import Final

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select

from stoa.modules.content.articles.models import Article
from stoa.modules.content.articles.queries import LISTED, PUBLIC
from stoa.modules.content.tags.models import ArticleTag, Tag
from stoa.modules.users import service as users
from stoa.shared.queries import Query

MOST: Final = 50_000
"""What one sitemap may name."""
_MOST: Final[ColumnElement[int]] = literal_column(str(MOST))

NEWEST_CHANGE = Query(
    select(func.concat(func.max(Article.updated_at), "/", func.count())).select_from(Article).where(PUBLIC)
)
# One pass without sorting: which slugs there are, whoever had which.
SLUGS_OF_TAGS = Query(
    select(func.concat(func.sum(func.hashtext(Tag.slug)), "/", func.count())).where(Tag.deleted_at.is_(None))
)
ARTICLES = Query(
    select(Article.slug, Article.updated_at)
    .where(PUBLIC)
    .order_by(Article.published_at.desc(), Article.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
TAGS = Query(
    select(Tag.slug, func.max(Article.updated_at))
    .join(ArticleTag, ArticleTag.tag_id == Tag.id)
    .join(Article, Article.id == ArticleTag.article_id)
    .where(LISTED, ArticleTag.is_public, Tag.deleted_at.is_(None))
    .group_by(Tag.id)
    .order_by(Tag.slug)
    .limit(_MOST)
)
_newest = (
    select(Article.author_id, func.max(Article.updated_at).label("changed"))
    .where(LISTED)
    .group_by(Article.author_id)
    .order_by(func.max(Article.updated_at).desc())
    .limit(_MOST)
    .subquery("newest")
)
AUTHORS = Query(select(users.identity(_newest.c.author_id), _newest.c.changed))
