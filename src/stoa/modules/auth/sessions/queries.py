"""The reading SQL of sessions: who sends a request, in one statement, and where somebody is signed in."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, select
from sqlalchemy import Uuid as UuidType

from stoa.modules.auth.roles import service as roles
from stoa.modules.auth.sessions.models import Session
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

LIVING = and_(Session.ended_at.is_(None), Session.expires_at > func.clock_timestamp())
_MINUTE: ColumnElement[timedelta] = literal_column("interval '1 minute'")


def lives(session_id: ColumnElement[UUID | None]) -> ColumnElement[bool]:
    return exists().where(Session.id == session_id, LIVING)


def _caller(found: ColumnElement[bool]) -> Query:
    """`user` is JSON as `users.identity` makes it; `is_stale`: its use was not noted for a minute."""
    return Query(
        select(
            Session.id.label("session_id"),
            users.identity(Session.user_id.expression).label("user"),
            roles.revision().label("revision"),
            (Session.last_used_at < func.clock_timestamp() - _MINUTE).label("is_stale"),
        ).where(found, LIVING)
    )


BY_ID = _caller(and_(Session.id == bindparam("id", type_=UuidType()), Session.kind == literal_column("'token'")))
BY_COOKIE = _caller(and_(Session.secret_hash == bindparam("secret_hash"), Session.kind == literal_column("'cookie'")))
OF_USER = Query(
    select(
        func.coalesce(
            func.json_agg(
                json_object(
                    id=Session.id.expression,
                    kind=Session.kind.expression,
                    device=Session.device.expression,
                    address=Session.address.expression,
                    created_at=Session.created_at.expression,
                    last_used_at=Session.last_used_at.expression,
                    expires_at=Session.expires_at.expression,
                )
            ),
            literal_column("'[]'::json"),
        )
    ).where(Session.user_id == bindparam("user_id", type_=UuidType()), LIVING)
)
