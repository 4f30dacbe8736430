"""The reading SQL of API keys."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.auth.api_keys.models import ApiKey
from stoa.modules.auth.roles import service as roles
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

LIVING = and_(ApiKey.ended_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.clock_timestamp()))
_MINUTE: ColumnElement[timedelta] = literal_column("interval '1 minute'")
_stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.clock_timestamp() - _MINUTE)

BY_SECRET = Query(
    select(
        ApiKey.id.label("key_id"),
        ApiKey.scopes,
        users.identity(ApiKey.user_id.expression).label("user"),
        roles.revision().label("revision"),
        _stale.label("is_stale"),
    ).where(ApiKey.secret_hash == bindparam("secret_hash"), LIVING)
)
ON_BEHALF = Query(
    select(
        users.identity(bindparam("user_id", type_=UuidType())).label("user"),
        roles.revision().label("revision"),
        select(ApiKey.scopes)
        .where(
            ApiKey.id == bindparam("key_id", type_=UuidType()),
            ApiKey.user_id == bindparam("user_id", type_=UuidType()),
            LIVING,
        )
        .scalar_subquery()
        .label("scopes"),
    )
)
"""Somebody who is not here, and what the key may that they asked with; `user` is NULL for who is gone."""

_item = json_object(
    id=ApiKey.id.expression,
    name=ApiKey.name.expression,
    prefix=ApiKey.prefix.expression,
    scopes=ApiKey.scopes.expression,
    created_at=ApiKey.created_at.expression,
    expires_at=ApiKey.expires_at.expression,
    last_used_at=ApiKey.last_used_at.expression,
)
OF_USER = Query(
    select(
        func.coalesce(func.json_agg(aggregate_order_by(_item, ApiKey.created_at.desc())), literal_column("'[]'::json"))
    ).where(ApiKey.user_id == bindparam("user_id", type_=UuidType()), LIVING)
)
