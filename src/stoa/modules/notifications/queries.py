"""The reading SQL of notifications."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from stoa.modules.notifications.models import Notification as Row
from stoa.modules.notifications.models import NotificationCounter as Counter
from stoa.shared.queries import Query, json_object_of

_WIRE = (
    "id", "number", "category", "type", "title", "message", "url", "times", "created_at", "read_at", "archived_at",
)  # fmt: skip
_ITEM = json_object_of({name: getattr(Row, name).expression for name in _WIRE})
_MINE = Row.user_id == bindparam("user_id")
_none: ColumnElement[Any] = literal_column("'{}'", ARRAY(Text()))

UNREAD = Query(select(Counter.unread).where(Counter.user_id == bindparam("user_id")))
ONE = Query(select(_ITEM.label("item"), Row.is_shown, Row.category).where(_MINE, Row.id == bindparam("id")))
ALL_OF = Query(select(func.json_agg(aggregate_order_by(_ITEM, Row.number))).where(_MINE))


@lru_cache(maxsize=128)
def page(limit: int, skip: int, *, after: bool, shape: tuple[bool, bool, bool, bool]) -> Query:
    """Up to `limit` + 1 rows of (item, number), newest first; `shape` is unread, archived, hidden, category."""
    below = Row.number < bindparam("number", type_=BigInteger()) if after else true()
    rows = select(_ITEM.label("item"), Row.number).where(_wanted(*shape), below).order_by(Row.number.desc())
    return Query(rows.limit(literal_column(str(limit + 1))).offset(literal_column(str(skip))))


@lru_cache(maxsize=16)
def total(shape: tuple[bool, bool, bool, bool]) -> Query:
    return Query(select(func.count()).select_from(Row).where(_wanted(*shape)))


@lru_cache(maxsize=4)
def since(limit: int) -> Query:
    """One row of (last_number, unread, items): the first `limit` + 1 shown ones beyond `number`, as JSON texts."""
    new = (
        select(_ITEM.label("item"), Row.number.label("number"))
        .where(_MINE, Row.number > bindparam("number", type_=BigInteger()), Row.is_shown, Row.archived_at.is_(None))
        .order_by(Row.number)
        .limit(literal_column(str(limit + 1)))
        .subquery()
    )
    items = select(func.array_agg(aggregate_order_by(cast(new.c.item, Text()), new.c.number))).scalar_subquery()
    return Query(
        select(Counter.last_number, Counter.unread, func.coalesce(items, _none).label("items")).where(
            Counter.user_id == bindparam("user_id")
        )
    )


def _wanted(unread: bool, archived: bool, hidden: bool, category: bool) -> ColumnElement[bool]:
    return and_(
        _MINE,
        Row.is_shown.is_(not hidden),
        Row.archived_at.is_not(None) if archived else Row.archived_at.is_(None),
        Row.read_at.is_(None) if unread else true(),
        Row.category == bindparam("category") if category else true(),
    )
