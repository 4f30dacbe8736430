"""The writing SQL of users."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.users.models import User
from stoa.modules.users.queries import BANNED


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_id(self, user_id: UUID, *, lock: bool = True) -> User | None:
        statement = select(User).where(User.id == user_id)
        return await self._one(statement.with_for_update() if lock else statement)

    async def ids_of_roles(self, roles: Collection[str]) -> list[UUID]:
        found = select(User.id).where(User.role.in_(list(roles)), User.is_active, ~BANNED).order_by(User.id)
        return list(await self._session.scalars(found))

    async def by_username(self, username: str, *, lock: bool = False) -> User | None:
        statement = select(User).where(User.username == username)
        return await self._one(statement.with_for_update() if lock else statement)

    async def by_login(self, login: str) -> User | None:
        """By address or username; neither can look like the other."""
        return await self._one(select(User).where(or_(User.email == login, User.username == login), User.is_active))

    async def by_display_name(self, name: str) -> User | None:
        return await self._one(select(User).where(User.display_name == name).order_by(User.created_at).limit(1))

    async def taken(self, prefix: str) -> set[str]:
        """The usernames that begin with `prefix`."""
        found = await self._session.scalars(
            select(User.username).where(User.username.startswith(prefix, autoescape=True))
        )
        return set(found)

    async def has_email(self, email: str) -> bool:
        return await self._session.scalar(select(User.id).where(User.email == email)) is not None

    async def add(self, values: dict[str, Any]) -> bool:
        """Whether the row went in; not so where its username or address is taken."""
        added = await self._session.execute(insert(User).values(**values).on_conflict_do_nothing().returning(User.id))
        return added.first() is not None

    async def add_author(
        self,
        username: str,
        display_name: str,
        *,
        bio: str,
        website: str | None = None,
        social_links: Sequence[str] = (),
        is_active: bool = True,
    ) -> None:
        await self._session.execute(
            insert(User)
            .values(
                username=username,
                display_name=display_name,
                role="creator",
                bio=bio,
                website=website,
                social_links=list(social_links),
                is_active=is_active,
            )
            .on_conflict_do_nothing(index_elements=[User.username])
        )

    async def change(self, user_id: UUID, **values: Any) -> None:
        await self._session.execute(
            update(User).where(User.id == user_id).values(**values).execution_options(synchronize_session=False)
        )

    async def touch(self, user_id: UUID, now: datetime) -> None:
        await self._session.execute(
            update(User)
            .where(User.id == user_id)
            .values(last_seen_at=now, updated_at=User.updated_at)
            .execution_options(synchronize_session=False)
        )

    async def other_admins(self, user_id: UUID | None) -> int:
        """Admins besides this one who can act; their rows stay locked, so that two cannot go at once."""
        others = select(User.id).where(User.role == "admin", User.is_active, ~BANNED, User.id.is_distinct_from(user_id))
        return len((await self._session.scalars(others.order_by(User.id).with_for_update())).all())

    async def uses_avatar(self, url: str) -> bool:
        found = await self._session.scalar(select(func.count()).select_from(User).where(User.avatar_url == url))
        return bool(found)

    async def _one(self, statement: Select[User]) -> User | None:
        return (await self._session.scalars(statement)).one_or_none()
