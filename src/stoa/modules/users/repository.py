"""The SQL of users. Other modules get expressions of it through the service, never the tables."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.users.models import User
from stoa.shared.queries import Query, json_object


def public_json() -> ColumnElement[Any]:
    return json_object(
        username=User.username.expression,
        display_name=User.display_name.expression,
        bio=User.bio.expression,
        avatar_url=User.avatar_url.expression,
    )


def public_author(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    return select(public_json()).where(User.id == user_id).scalar_subquery()


def id_of(username: ColumnElement[str]) -> ColumnElement[UUID]:
    return select(User.id).where(User.username == username).scalar_subquery()


BY_USERNAME = Query(select(public_json()).where(User.username == bindparam("username"), User.is_active))


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_username(self, username: str) -> User | None:
        return await self._one(select(User).where(User.username == username))

    async def by_display_name(self, name: str) -> User | None:
        return await self._one(select(User).where(User.display_name == name).order_by(User.created_at).limit(1))

    async def taken(self, prefix: str) -> set[str]:
        """The usernames that begin with `prefix`."""
        found = await self._session.scalars(
            select(User.username).where(User.username.startswith(prefix, autoescape=True))
        )
        return set(found)

    async def add_author(self, username: str, display_name: str, *, bio: str) -> None:
        await self._session.execute(
            insert(User)
            .values(username=username, display_name=display_name, role="creator", bio=bio)
            .on_conflict_do_nothing(index_elements=[User.username])
        )

    async def _one(self, statement: Select[User]) -> User | None:
        return (await self._session.scalars(statement)).one_or_none()
