"""The reading SQL of users. Other modules get expressions of it through the service, never the tables."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, bindparam, func, literal_column, not_, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.users.models import User
from stoa.shared.queries import Query, json_object_of

_PUBLIC = (User.username, User.display_name, User.bio, User.avatar_url)
_PROFILE = (*_PUBLIC, User.website, User.social_links)
_OWN = (
    *_PROFILE, User.id, User.email, User.role, User.tier, User.is_verified, User.date_of_birth, User.created_at,
)  # fmt: skip
_ROW = (
    *_PUBLIC, User.id, User.email, User.role, User.tier, User.is_verified, User.is_active, User.banned_at,
    User.banned_until, User.ban_reason, User.created_at, User.last_seen_at,
)  # fmt: skip
_IDENTITY = (
    User.id, User.username, User.display_name, User.avatar_url, User.role, User.tier, User.is_verified, User.is_active,
    User.banned_at, User.banned_until, User.ban_reason,
)  # fmt: skip
# Without the reading role of a time or the like: how PostgreSQL says it is how Python reads it.
BANNED = and_(User.banned_at.is_not(None), or_(User.banned_until.is_(None), User.banned_until > func.clock_timestamp()))
_id = bindparam("id", type_=UuidType())
_key = bindparam("key", type_=TIMESTAMP(timezone=True))
_last = bindparam("last_id", type_=UuidType())


def _json(columns: tuple[Any, ...]) -> ColumnElement[Any]:
    return json_object_of({column.key: column.expression for column in columns})


def public_author(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    return select(_json(_PUBLIC)).where(User.id == user_id).scalar_subquery()


def identity(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    return select(_json(_IDENTITY)).where(User.id == user_id).scalar_subquery()


def profile(username: ColumnElement[str]) -> ColumnElement[Any]:
    return select(_json(_PROFILE)).where(User.username == username, User.is_active).scalar_subquery()


def id_of(username: ColumnElement[str]) -> ColumnElement[UUID]:
    return select(User.id).where(User.username == username).scalar_subquery()


BY_USERNAME = Query(select(_json(_PROFILE)).where(User.username == bindparam("username"), User.is_active))
PROFILES = Query(
    select(_json((*_PROFILE, User.is_active)))
    .where(User.username == any_(bindparam("usernames", type_=ARRAY(Text()))))
    .order_by(User.username.collate("C"))
)
OWN = Query(select(_json(_OWN)).where(User.id == _id))
ROW = Query(select(_json(_ROW)).where(User.username == bindparam("username")))


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool, search: bool, role: bool, state: str | None) -> Query:
    """Up to `limit` + 1 rows of (item, created_at, id), newest first."""
    rows = select(_json(_ROW).label("item"), User.created_at, User.id).where(*_filters(search, role, state))
    if after:
        rows = rows.where(or_(User.created_at < _key, and_(User.created_at == _key, User.id < _last)))
    newest = rows.order_by(User.created_at.desc(), User.id.desc())
    return Query(newest.limit(literal_column(str(limit + 1))).offset(literal_column(str(skip))))


@lru_cache(maxsize=64)
def total(*, search: bool, role: bool, state: str | None) -> Query:
    return Query(select(func.count()).select_from(User).where(*_filters(search, role, state)))


def _filters(search: bool, role: bool, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search:
        pattern: ColumnElement[str] = bindparam("pattern")
        columns = (User.username, User.display_name, User.email)
        found.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    if role:
        found.append(User.role == bindparam("role"))
    match state:
        case "banned":
            found.append(BANNED)
        case "erased":
            found.append(not_(User.is_active))
        case "unverified":
            found.append(and_(User.is_active, not_(User.is_verified)))
        case "active":
            found.append(and_(User.is_active, not_(BANNED)))
    return found
