"""Use cases of users: the public face, and authors that content is attributed to."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.users import repository
from stoa.modules.users.models import User
from stoa.modules.users.repository import UserRepository
from stoa.modules.users.schemas import UserRef
from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.slugs import make_slug, numbered

LONGEST_USERNAME = 40


def public_author(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """SQL for the public face of the user with that id, for lists of other modules read in one statement."""
    return repository.public_author(user_id)


def id_of(username: ColumnElement[str]) -> ColumnElement[UUID]:
    """SQL for the id behind a username, or NULL."""
    return repository.id_of(username)


class UserReads:
    """What everybody may read."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def public(self, username: str) -> str:
        """The public face as JSON. Raises NotFound."""
        found: str | None = await self._reads.fetch_value(repository.BY_USERNAME, username=username.lower())
        if found is None:
            raise NotFound("There is no such user.")
        return found


class UserService:
    def __init__(self, session: AsyncSession) -> None:
        self._users = UserRepository(session)

    async def author(self, username: str) -> UserRef:
        """The user of that username. Raises NotFound."""
        user = await self._users.by_username(username.lower())
        if user is None:
            raise NotFound(f"There is no user '{username}'.")
        return _ref(user)

    async def ensure_author(self, display_name: str, *, bio: str = "") -> UserRef:
        """The user of that display name; a creator who cannot sign in yet is made when there is none."""
        user = await self._users.by_display_name(display_name)
        if user is not None:
            return _ref(user)
        base = make_slug(display_name, fallback="author")[:LONGEST_USERNAME]
        taken = await self._users.taken(base)
        number = 1
        while numbered(base, number) in taken:
            number += 1
        username = numbered(base, number)
        await self._users.add_author(username, display_name, bio=bio)
        return await self.author(username)


def _ref(user: User) -> UserRef:
    return UserRef(user.id, user.username, user.display_name)
