"""Use cases of users: the account's row and public face, and authors that content is attributed to.

Knows no password and no session: who may call what is decided above.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.users import queries
from stoa.modules.users.errors import EmailTaken, LastAdmin, UsernameTaken, UserNotFound
from stoa.modules.users.events import UserVerified
from stoa.modules.users.models import User
from stoa.modules.users.repository import UserRepository
from stoa.modules.users.schemas import (
    LONGEST_USERNAME,
    RESERVED_USERNAMES,
    Account,
    NewUser,
    ProfileIn,
    Tier,
    UserQuery,
    UserRef,
    is_username,
)
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.errors import Unavailable
from stoa.shared.ids import new_id
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.queries import Query, containing
from stoa.shared.slugs import make_slug, numbered

_TRIES = 5


def public_author(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """SQL for the public face of the user with that id, for lists of other modules read in one statement."""
    return queries.public_author(user_id)


def identity(user_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """SQL for what signing in must know of the user with that id: the fields of `Account` but the address."""
    return queries.identity(user_id)


def public_profile(username: ColumnElement[str]) -> ColumnElement[Any]:
    """SQL for what everybody may read of the user of that name, or NULL; as `UserReads.public` gives it."""
    return queries.profile(username)


def id_of(username: ColumnElement[str]) -> ColumnElement[UUID]:
    """SQL for the id behind a username, or NULL."""
    return queries.id_of(username)


class UserReads:
    """Reading users; what is public, and what those see who may see more."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def public(self, username: str) -> str:
        """The public profile as JSON. Raises UserNotFound."""
        return await self._found(queries.BY_USERNAME, username=username.lower())

    async def profiles(self, usernames: Sequence[str]) -> list[str]:
        """The public profiles of those of these users that are there as JSON, by username; with `is_active`."""
        rows = await self._reads.fetch(queries.PROFILES, usernames=list(usernames))
        return [row[0] for row in rows]

    async def own(self, user_id: UUID, permissions: frozenset[str]) -> bytes:
        """What a person sees of themselves, as JSON. Raises UserNotFound."""
        found = orjson.loads(await self._found(queries.OWN, id=user_id))
        return orjson.dumps({**found, "permissions": sorted(permissions)})

    async def row(self, username: str) -> str:
        """What those see who manage people, as JSON. Raises UserNotFound."""
        return await self._found(queries.ROW, username=username.lower())

    async def page(self, query: UserQuery) -> Slice:
        """One page of accounts, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, "users", datetime, UUID)
        if query.search:
            values["pattern"] = containing(query.search)
        if query.role:
            values["role"] = query.role
        shape = {"search": bool(query.search), "role": bool(query.role), "state": query.state}
        statement = queries.page(query.limit, query.skip, after=bool(query.cursor), **shape)
        rows = await self._reads.fetch(statement, **values)
        total = await self._reads.fetch_value(queries.total(**shape), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor("users", rows[-1]["created_at"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def _found(self, query: Query, **values: object) -> str:
        found: str | None = await self._reads.fetch_value(query, **values)
        if found is None:
            raise UserNotFound
        return found


class UserService:
    """What changes users; the caller's unit of work commits it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._users = UserRepository(session)

    async def author(self, username: str) -> UserRef:
        """The user of that username. Raises UserNotFound."""
        return _ref(await self._by_username(username, lock=False))

    async def ensure_author(self, display_name: str, *, bio: str = "") -> UserRef:
        """The user of that display name; a creator who cannot sign in yet is made when there is none."""
        user = await self._users.by_display_name(display_name)
        if user is not None:
            return _ref(user)
        username = await self._free_username(make_slug(display_name, fallback="author"))
        await self._users.add_author(username, display_name, bio=bio)
        return await self.author(username)

    async def find_author(self, *, username: str | None = None, display_name: str | None = None) -> UserRef | None:
        """The user of that username, or of that display name."""
        if username is not None:
            user = await self._users.by_username(username.lower())
        else:
            user = await self._users.by_display_name(display_name or "")
        return _ref(user) if user else None

    async def make_author(
        self,
        display_name: str,
        *,
        username: str | None = None,
        bio: str = "",
        website: str | None = None,
        social_links: Sequence[str] = (),
        is_active: bool = True,
    ) -> UserRef:
        """A new creator who cannot sign in yet; of that username, if it is one and free."""
        wanted = (username or "").lower()
        if not is_username(wanted) or await self._users.by_username(wanted):
            wanted = await self._free_username(make_slug(wanted or display_name, fallback="author"))
        await self._users.add_author(
            wanted, display_name, bio=bio, website=website, social_links=social_links, is_active=is_active
        )
        return await self.author(wanted)

    async def create(self, new: NewUser) -> UserRef:
        """A new account. Raises UsernameTaken, EmailTaken."""
        name = new.display_name or (new.email or "reader").partition("@")[0]
        for _ in range(_TRIES):
            username = new.username or await self._free_username(make_slug(name, fallback="reader"))
            user = UserRef(new_id(), username, name)
            if await self._users.add(_row(user, new)):
                return user
            if new.username and await self._users.by_username(username):
                raise UsernameTaken(username)
            if new.email and await self._users.has_email(new.email):
                raise EmailTaken
        raise Unavailable("Too many accounts of that name are made at this moment. Try again in a few seconds.")

    async def by_login(self, login: str) -> Account | None:
        """The account of that address or username, unless it was erased."""
        user = await self._users.by_login(login)
        return _account(user) if user else None

    async def account(self, user_id: UUID) -> Account:
        """The account, its row locked. Raises UserNotFound."""
        return _account(await self._by_id(user_id))

    async def look_up(self, user_id: UUID) -> Account | None:
        """The account as it is now, not locked."""
        user = await self._users.by_id(user_id, lock=False)
        return _account(user) if user else None

    async def ids_of_roles(self, roles: Collection[str]) -> list[UUID]:
        """Who has one of these roles, was not erased and is not banned."""
        return await self._users.ids_of_roles(roles)

    async def account_of(self, username: str) -> Account:
        """The account of that username, its row locked. Raises UserNotFound."""
        return _account(await self._by_username(username, lock=True))

    async def change_profile(self, user_id: UUID, profile: ProfileIn) -> None:
        """Set the public profile. Raises UserNotFound."""
        user = await self._by_id(user_id)
        user.display_name = profile.display_name or user.display_name
        user.bio = profile.bio
        user.website = profile.website
        user.social_links = profile.social_links
        user.date_of_birth = profile.date_of_birth
        await self._session.flush()
        await announce_change(self._session)

    async def set_avatar(self, user_id: UUID, url: str | None) -> str | None:
        """Answers the former picture when nobody uses it any more. Raises UserNotFound."""
        user = await self._by_id(user_id)
        former, user.avatar_url = user.avatar_url, url
        await self._session.flush()
        await announce_change(self._session)
        return former if former and former != url and not await self._users.uses_avatar(former) else None

    async def set_role(self, user_id: UUID, role: str) -> None:
        """Raises LastAdmin when nobody else could run the site."""
        if role != "admin":
            await self._keep_an_admin(user_id)
        await self._users.change(user_id, role=role)

    async def set_tier(self, user_id: UUID, tier: Tier) -> None:
        await self._users.change(user_id, tier=tier)

    async def ban(self, user_id: UUID, *, reason: str, until: datetime | None, by: UUID | None) -> None:
        """Raises LastAdmin when nobody else could run the site."""
        await self._keep_an_admin(user_id)
        await self._users.change(user_id, banned_at=utc_now(), banned_until=until, ban_reason=reason, banned_by=by)

    async def lift_ban(self, user_id: UUID) -> None:
        await self._users.change(user_id, banned_at=None, banned_until=None, ban_reason=None, banned_by=None)

    async def verify(self, user_id: UUID, email: str) -> bool:
        """The address is theirs; False when the account has another one by now."""
        user = await self._by_id(user_id)
        if user.email != email:
            return False
        if not user.is_verified:
            user.is_verified = True
            await self._session.flush()
            await publish(self._session, UserVerified(user_id=user_id))
        return True

    async def has_admin(self) -> bool:
        return await self._users.other_admins(None) > 0

    async def seen(self, user_id: UUID, now: datetime) -> None:
        await self._users.touch(user_id, now)

    async def anonymise(self, user_id: UUID) -> str | None:
        """Take everything personal out of an account for good; answers a picture that nobody uses any more.

        What refers to the account keeps an author without a face. Raises LastAdmin.
        """
        await self._keep_an_admin(user_id)
        picture = await self.set_avatar(user_id, None)
        await self._users.change(
            user_id,
            username=await self._free_username(f"deleted-{user_id.hex[-12:]}"),
            display_name="Deleted account",
            email=None,
            date_of_birth=None,
            bio="",
            website=None,
            social_links=[],
            role="viewer",
            is_verified=False,
            is_active=False,
            last_seen_at=None,
        )
        return picture

    async def _keep_an_admin(self, user_id: UUID) -> None:
        user = await self._by_id(user_id)
        if user.role == "admin" and user.is_active and not await self._users.other_admins(user_id):
            raise LastAdmin

    async def _free_username(self, slug: str) -> str:
        base = slug[: LONGEST_USERNAME - 4].rstrip("-")
        base = base if len(base) > 1 else f"{base}-1"
        taken = await self._users.taken(base) | RESERVED_USERNAMES
        number = 1
        while numbered(base, number) in taken:
            number += 1
        return numbered(base, number)

    async def _by_id(self, user_id: UUID) -> User:
        user = await self._users.by_id(user_id)
        if user is None:
            raise UserNotFound
        return user

    async def _by_username(self, username: str, *, lock: bool) -> User:
        user = await self._users.by_username(username.lower(), lock=lock)
        if user is None:
            raise UserNotFound(username)
        return user


def _row(user: UserRef, new: NewUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "display_name": user.display_name,
        "email": new.email,
        "date_of_birth": new.date_of_birth,
        "role": new.role,
        "is_verified": new.is_verified,
    }


def _ref(user: User) -> UserRef:
    return UserRef(user.id, user.username, user.display_name)


def _account(user: User) -> Account:
    return Account(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        email=user.email,
        role=user.role,
        is_active=user.is_active,
        is_verified=user.is_verified,
        banned_at=user.banned_at,
        banned_until=user.banned_until,
        ban_reason=user.ban_reason,
    )
