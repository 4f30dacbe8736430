"""The reading SQL of uploads."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.content.uploads.models import Upload
from stoa.shared.queries import Query

_MINE = Upload.owner_id == bindparam("owner", type_=UuidType())


def _row() -> Select[*tuple[Any, ...]]:
    return select(
        Upload.id, Upload.url, Upload.name, Upload.width, Upload.height, Upload.bytes, Upload.created_at
    ).where(_MINE)


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 rows, newest first."""
    statement = _row()
    if after:
        key, last = bindparam("key", type_=TIMESTAMP(timezone=True)), bindparam("last_id", type_=UuidType())
        statement = statement.where(or_(Upload.created_at < key, and_(Upload.created_at == key, Upload.id < last)))
    return Query(
        statement.order_by(Upload.created_at.desc(), Upload.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


TOTAL = Query(select(func.count()).select_from(Upload).where(_MINE))
ALL_OF_PERSON = Query(_row().order_by(Upload.created_at, Upload.id))
