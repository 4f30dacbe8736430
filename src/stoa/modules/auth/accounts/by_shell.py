"""Accounts made and recovered from the command line, where whoever has the machine has the site."""

from typing import Self

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.password_change import PasswordChanges
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.passwords import check_password
from stoa.modules.auth.roles.service import RoleService
from stoa.modules.users.schemas import Email, NewUser, UsernameIn
from stoa.modules.users.service import UserService
from stoa.shared.checking import checked
from stoa.shared.security import Actor
from stoa.shared.text import PersonName


class NewAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    display_name: PersonName | None = None
    username: UsernameIn | None = None

    @classmethod
    def checked(cls, **fields: str | None) -> Self:
        """Raises InvalidInput."""
        return checked(cls, **fields)


async def shell_actor(parts: AuthParts) -> Actor:
    """Who acts from the shell: nobody's account, with every permission there is."""
    async with parts.database.unit_of_work() as session:
        permissions = await RoleService(session).granted("admin")
    return Actor(None, "shell", "admin", frozenset(permissions), "shell")


class AccountsByShell:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts

    async def create(self, new: NewAccount, role: str, password: str | None, actor: Actor) -> tuple[str, str | None]:
        """The username, and without a password a link that sets one. Raises RoleNotFound, EmailTaken, UsernameTaken,
        WeakPassword.
        """
        made = None
        if password is not None:
            own = (new.email, new.username, new.display_name, self._parts.mails.site)
            check_password(password, *own, field="password")
            made = await self._parts.hasher.hash(password)

        async def store(session: AsyncSession) -> tuple[str, str | None]:
            await RoleService(session).must_exist(role)
            wanted = NewUser(
                display_name=new.display_name, email=new.email, username=new.username, role=role, is_verified=True
            )
            user = await UserService(session).create(wanted)
            link = None
            if made:
                await AccountRepository(session).set_password(user.id, made)
            else:
                link = await PasswordChanges(self._parts).link(session, user.id, new.email)
            await AuditService(session).record(
                "user.created", actor=actor, subject_type="user", subject_id=user.id, details={"role": role}
            )
            return user.username, link

        return await self._parts.database.transact(store)

    async def reset_password(self, username: str, password: str | None, actor: Actor) -> str | None:
        """Set the password, or answer a link that sets one. Raises UserNotFound, WeakPassword."""
        changes = PasswordChanges(self._parts)
        account = await self._parts.database.transact(lambda session: UserService(session).account_of(username))
        if password is not None:
            await changes.set_by_owner(account, password, actor)
            return None

        async def make(session: AsyncSession) -> str:
            link = await changes.link(session, account.id, account.email or "")
            await AuditService(session).record(
                "password.link_made", actor=actor, subject_type="user", subject_id=account.id
            )
            return link

        return await self._parts.database.transact(make)
