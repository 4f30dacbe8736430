"""The reading SQL of revisions, with JSON made by PostgreSQL."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, true
from sqlalchemy import Uuid as UuidType

from stoa.modules.content.articles.models import ArticleRevision
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object_of

_R = ArticleRevision
_HEAD = (_R.number, _R.act, _R.version, _R.title, _R.saved_at)
_WHOLE = (
    _R.slug, _R.body, _R.excerpt, _R.summary, _R.tags, _R.cover_url, _R.cover_alt, _R.language, _R.visibility,
    _R.canonical_url, _R.meta_title, _R.meta_description,
)  # fmt: skip
_saved_by: ColumnElement[Any] = _R.saved_by.expression  # NULL has no author
_OF_ARTICLE = _R.article_id == bindparam("article_id", type_=UuidType())


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 rows of (item, number), newest first; values: `article_id`, and `last` with `after`."""
    before = _R.__table__.alias("before")
    length = func.octet_length(_R.body)  # told by the row without reading a long text
    former = (
        select(func.octet_length(before.c.body))
        .where(before.c.article_id == _R.article_id, before.c.number == _R.number - 1)
        .scalar_subquery()
    )
    sizes = {"bytes": length, "bytes_added": length - func.coalesce(former, literal_column("0"))}
    return Query(
        select(_json(*_HEAD, **sizes).label("item"), _R.number)
        .where(_OF_ARTICLE, _R.number < bindparam("last") if after else true())
        .order_by(_R.number.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


def _json(*columns: Any, **more: ColumnElement[Any]) -> ColumnElement[Any]:
    named = {column.key: column.expression for column in columns}
    return json_object_of({**named, "saved_by": users.public_author(_saved_by), **more})


TOTAL = Query(select(func.count()).select_from(_R).where(_OF_ARTICLE))
ONE = Query(select(_json(*_HEAD, *_WHOLE)).where(_OF_ARTICLE, _R.number == bindparam("number")))
