"""The reading SQL of follows."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.content.follows.models import Follow
from stoa.modules.content.tags.models import Tag
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

_AUTHOR: ColumnElement[Any] = Follow.author_id.expression
_FOLLOWER = bindparam("follower", type_=UuidType())
_MINE = Follow.follower_id == _FOLLOWER
# A tag in the bin may come back: it is followed all the while, and not shown.
_SHOWN = and_(_MINE, or_(Follow.tag_id.is_(None), Tag.deleted_at.is_(None)))


def authors_of(follower: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(Follow.author_id).where(Follow.follower_id == follower, Follow.author_id.is_not(None))


def tags_of(follower: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(Follow.tag_id)
        .join(Tag, Tag.id == Follow.tag_id)
        .where(Follow.follower_id == follower, Tag.deleted_at.is_(None))
    )


def _item() -> ColumnElement[Any]:
    tag = json_object(slug=Tag.slug.expression, name=Tag.name.expression)
    return json_object(
        kind=case((Follow.author_id.is_not(None), "author"), else_="tag"),
        author=case((Follow.author_id.is_not(None), users.public_author(_AUTHOR))),
        tag=case((Follow.tag_id.is_not(None), tag)),
        created_at=Follow.created_at.expression,
    )


@lru_cache(maxsize=256)
def page(kind: str | None, limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 rows of (item, created_at, id), newest first."""
    statement = select(_item().label("item"), Follow.created_at, Follow.id).outerjoin(Tag, Tag.id == Follow.tag_id)
    statement = statement.where(_SHOWN, *_of_kind(kind))
    if after:
        key, last = bindparam("key", type_=TIMESTAMP(timezone=True)), bindparam("last_id", type_=UuidType())
        statement = statement.where(or_(Follow.created_at < key, and_(Follow.created_at == key, Follow.id < last)))
    return Query(
        statement.order_by(Follow.created_at.desc(), Follow.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=4)
def total(kind: str | None) -> Query:
    statement = select(func.count()).select_from(Follow).outerjoin(Tag, Tag.id == Follow.tag_id)
    return Query(statement.where(_SHOWN, *_of_kind(kind)))


def _of_kind(kind: str | None) -> list[ColumnElement[bool]]:
    columns = {"author": Follow.author_id, "tag": Follow.tag_id}
    return [columns[kind].is_not(None)] if kind else []


def is_followed(author: ColumnElement[Any], follower: ColumnElement[Any]) -> ColumnElement[bool]:
    return select(Follow.id).where(Follow.follower_id == follower, Follow.author_id == author).exists()


AUTHOR = Query(
    select(
        users.public_profile(bindparam("username")).label("profile"),
        is_followed(users.id_of(bindparam("username")), _FOLLOWER).label("is_followed"),
    )
)
FOLLOWS_TAG = Query(
    select(Follow.id)
    .join(Tag, Tag.id == Follow.tag_id)
    .where(_MINE, Tag.slug == bindparam("slug"), Tag.deleted_at.is_(None))
    .exists()
    .select()
)
ALL_OF_PERSON = Query(
    select(_item().label("item")).outerjoin(Tag, Tag.id == Follow.tag_id).where(_MINE).order_by(Follow.created_at)
)
