"""The reading SQL of reactions."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy import Uuid as UuidType

from stoa.modules.content.articles.models import Article
from stoa.modules.content.reactions.models import Reaction
from stoa.shared.queries import Query

_VIEWER = bindparam("viewer", type_=UuidType())
MINE: ColumnElement[Any] = func.array(
    select(Reaction.kind)
    .where(Reaction.article_id == Article.id, Reaction.user_id == _VIEWER)
    .order_by(Reaction.kind)
    .correlate(Article)
    .scalar_subquery()
)
ALL_OF_PERSON = Query(
    select(Article.slug, Reaction.kind, Reaction.created_at)
    .join(Article, Article.id == Reaction.article_id)
    .where(Reaction.user_id == bindparam("user_id", type_=UuidType()))
    .order_by(Reaction.created_at, Article.slug, Reaction.kind)
)
