"""The reading SQL of findings."""

from functools import lru_cache

from sqlalchemy import Uuid as UuidType
from sqlalchemy import and_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.content.articles.models import Article
from stoa.modules.content.findings.models import ArticleFinding
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

_OPEN = ArticleFinding.closed_at.is_(None)
_ITEM = json_object(
    id=ArticleFinding.id.expression,
    article=json_object(slug=Article.slug.expression, title=Article.title.expression),
    author=users.public_author(Article.author_id.expression),
    score=ArticleFinding.score.expression,
    reason=ArticleFinding.reason.expression,
    kinds=ArticleFinding.judgement["kinds"],
    terms=ArticleFinding.judgement["terms"],
    found_at=ArticleFinding.found_at.expression,
).label("item")
TOTAL = Query(select(func.count()).select_from(ArticleFinding).where(_OPEN))
ALL_OF_AUTHOR = Query(
    select(
        Article.slug, Article.title, ArticleFinding.score, ArticleFinding.reason, ArticleFinding.found_at,
        ArticleFinding.closed_at, ArticleFinding.outcome,
    )
    .join(Article, Article.id == ArticleFinding.article_id)
    .where(Article.author_id == bindparam("author_id", type_=UuidType()))
    .order_by(ArticleFinding.found_at, ArticleFinding.id)
)  # fmt: skip


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 rows of (item, found_at, id) of what is open, newest first."""
    statement = (
        select(_ITEM, ArticleFinding.found_at, ArticleFinding.id)
        .join(Article, Article.id == ArticleFinding.article_id)
        .where(_OPEN)
    )
    if after:
        key, last = bindparam("key", type_=TIMESTAMP(timezone=True)), bindparam("last_id", type_=UuidType())
        older = and_(ArticleFinding.found_at == key, ArticleFinding.id < last)
        statement = statement.where(or_(ArticleFinding.found_at < key, older))
    return Query(
        statement.order_by(ArticleFinding.found_at.desc(), ArticleFinding.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )
