"""The first owner: a one-time link, printed where whoever reads it has the machine. Never a default password."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.models import OneTimeToken
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.accounts.schemas import OwnerIn
from stoa.modules.auth.errors import LinkSpent
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.passwords import check_password
from stoa.modules.auth.secrets import hash_of, new_secret
from stoa.modules.users.schemas import Account, NewUser
from stoa.modules.users.service import UserService
from stoa.shared.clock import utc_now
from stoa.shared.security import Origin

LINK_LIFE: Final = timedelta(days=1)


async def owner_link(session: AsyncSession, url: str) -> str | None:
    """A new link, which ends the one before; None when the site has an owner."""
    if await UserService(session).has_admin():
        return None
    accounts = AccountRepository(session)
    await accounts.drop_tokens(user_id=None)
    token = new_secret()
    await accounts.add_token(OneTimeToken(hash=hash_of(token), kind="owner", expires_at=utc_now() + LINK_LIFE))
    return f"{url}/welcome?token={token}"


class Owners:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts

    async def is_valid(self, token: str) -> bool:
        """Whether the link may still be used."""

        async def look(session: AsyncSession) -> bool:
            return await AccountRepository(session).token(hash_of(token), "owner") is not None

        return await self._parts.database.transact(look)

    async def make(self, new: OwnerIn, origin: Origin) -> Account:
        """The owner's account. Raises LinkSpent, WeakPassword, UsernameTaken, EmailTaken."""
        if not await self.is_valid(new.token):
            raise LinkSpent
        password = new.password.get_secret_value()
        check_password(password, new.email, new.username, new.display_name, self._parts.mails.site)
        made = await self._parts.hasher.hash(password)
        return await self._parts.database.transact(lambda session: self._store(session, new, made, origin))

    async def _store(self, session: AsyncSession, new: OwnerIn, made: str, origin: Origin) -> Account:
        accounts, users = AccountRepository(session), UserService(session)
        if await accounts.use_token(hash_of(new.token), "owner") is None or await users.has_admin():
            raise LinkSpent
        user = await users.create(
            NewUser(
                display_name=new.display_name, email=new.email, username=new.username, role="admin", is_verified=True
            )
        )
        await accounts.set_password(user.id, made)
        account = await users.account(user.id)
        await AuditService(session).record(
            "owner.created", actor=None, origin=origin, subject_type="user", subject_id=user.id
        )
        return account
