"""The reading SQL of preview links."""

from sqlalchemy import Uuid as UuidType
from sqlalchemy import bindparam, func, select

from stoa.modules.content.articles.models import Article, PreviewLink
from stoa.modules.content.articles.queries import LIVING, whole_for_page
from stoa.shared.queries import Query

_living = PreviewLink.expires_at > func.now()
_meant = (
    select(PreviewLink.article_id).where(PreviewLink.token_hash == bindparam("token_hash"), _living).scalar_subquery()
)
_until = select(PreviewLink.expires_at).where(PreviewLink.token_hash == bindparam("token_hash")).scalar_subquery()

SHOWN = Query(whole_for_page(LIVING, Article.id == _meant).add_columns(_until.label("expires_at")))
"""The article behind a token that is good, as one row of (item, version, expires_at)."""

LINKS = Query(
    select(PreviewLink.id, PreviewLink.made_at, PreviewLink.expires_at)
    .where(PreviewLink.article_id == bindparam("article_id", type_=UuidType()), _living)
    .order_by(PreviewLink.expires_at.desc(), PreviewLink.id)
)
