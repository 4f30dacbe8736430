"""The reading SQL of deliveries."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP, aggregate_order_by

from stoa.modules.deliveries.models import Delivery, DeliveryTry
from stoa.shared.queries import Query, json_object, json_object_of

_FACTS = {
    name: getattr(Delivery, name).expression
    for name in (
        "id", "channel", "kind", "recipient", "state", "reason", "reference", "tries", "next_at", "created_at",
        "ended_at",
    )
}  # fmt: skip
_TEXT = Delivery.content.expression["text"].astext
_LEFT: ColumnElement[str] = literal_column(
    "'The text held a link for one person. It was forgotten when the mail left.'"
)
_HIDDEN: ColumnElement[str] = literal_column(
    "'The text holds a link that opens the account. It stands in the mail only.'"
)
_none: ColumnElement[Any] = literal_column("'[]'::json")
_FACT = json_object_of(_FACTS)


def _mail(text: ColumnElement[Any]) -> ColumnElement[Any]:
    facts = {name: column for name, column in _FACTS.items() if name not in {"channel", "reference", "next_at"}}
    return json_object_of({**facts, "subject": Delivery.content.expression["subject"].astext, "text": text})


_MAIL = _mail(func.coalesce(_TEXT, _LEFT))
_OWN_MAIL = _mail(case((Delivery.is_secret, _HIDDEN), else_=_TEXT))
_key = bindparam("key", type_=TIMESTAMP(timezone=True))
_last = bindparam("last_id", type_=UuidType())
_newest = aggregate_order_by(_FACT, Delivery.created_at.desc(), Delivery.id.desc())


def page(limit: int, skip: int, *, after: bool, to: bool, words: bool) -> Query:
    """Up to `limit` + 1 rows of (item, created_at, id) of one channel, newest first; with the `words` of mails?"""
    rows = select((_MAIL if words else _FACT).label("item"), Delivery.created_at, Delivery.id)
    rows = rows.where(Delivery.channel == bindparam("channel"))
    if to:
        rows = rows.where(Delivery.recipient == bindparam("recipient"))
    if after:
        older = and_(Delivery.created_at == _key, Delivery.id < _last)
        rows = rows.where(or_(Delivery.created_at < _key, older))
    newest = rows.order_by(Delivery.created_at.desc(), Delivery.id.desc())
    return Query(newest.limit(literal_column(str(limit + 1))).offset(literal_column(str(skip))))


MAILS_TO = Query(
    select(func.coalesce(func.json_agg(_OWN_MAIL), _none)).where(
        Delivery.channel == "mail", Delivery.recipient == bindparam("recipient")
    )
)
OF_EVENT = Query(select(func.coalesce(func.json_agg(_newest), _none)).where(Delivery.source_id == bindparam("id")))
OF_NOTIFICATION = Query(
    select(func.coalesce(func.json_agg(_newest), _none)).where(Delivery.notification_id == bindparam("id"))
)
_TRY = json_object(
    number=DeliveryTry.number.expression,
    at=DeliveryTry.at.expression,
    milliseconds=DeliveryTry.milliseconds.expression,
    outcome=DeliveryTry.outcome.expression,
    detail=DeliveryTry.detail.expression,
)
ONE = Query(
    select(
        json_object_of(
            {
                **_FACTS,
                "content": Delivery.content.expression,
                "history": select(func.coalesce(func.json_agg(aggregate_order_by(_TRY, DeliveryTry.number)), _none))
                .where(DeliveryTry.delivery_id == Delivery.id)
                .scalar_subquery(),
            }
        )
    ).where(Delivery.id == bindparam("id"), Delivery.channel == bindparam("channel"))
)
