"""Registering and confirming an address. Never tells whether an address has an account."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.accounts.schemas import Registration
from stoa.modules.auth.accounts.sign_in import network_of
from stoa.modules.auth.errors import LinkSpent, RegistrationClosed, TryLater
from stoa.modules.auth.events import RegistrationRepeated, VerificationAsked
from stoa.modules.auth.pace import evenly
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.passwords import check_password
from stoa.modules.auth.secrets import hash_of
from stoa.modules.users.errors import EmailTaken
from stoa.modules.users.events import UserRegistered
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.errors import Conflict
from stoa.shared.security import Actor, Origin

HOUR: Final = 3600.0


class Registrations:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts

    async def register(self, new: Registration, origin: Origin) -> None:
        """A new account, and soon a mail to its address; where that has one already, a mail that says so.

        Raises RegistrationClosed, WeakPassword, UsernameTaken, TryLater.
        """
        if not self._parts.is_open:
            raise RegistrationClosed
        password = new.password.get_secret_value()
        check_password(password, new.email, new.username, new.display_name, self._parts.mails.site)
        wait = await self._parts.throttle.take("register", network_of(origin), limit=20, seconds=HOUR)
        if wait:
            raise TryLater(wait)
        password_hash = await self._parts.hasher.hash(password)
        await self._parts.database.transact(lambda session: self._store(session, new, password_hash))

    async def confirm(self, token: str) -> None:
        """The address of that link is theirs. Raises LinkSpent."""

        async def use(session: AsyncSession) -> None:
            found = await AccountRepository(session).use_token(hash_of(token), "verify")
            if found is None or found[0] is None or found[1] is None:
                raise LinkSpent
            if not await UserService(session).verify(found[0], found[1]):
                raise LinkSpent

        await self._parts.database.transact(use)

    async def send_again(self, email: str, origin: Origin) -> None:
        """A new link, where there is an account that is not confirmed. Raises TryLater for too many from one place."""
        if not await may_write(self._parts, "verify-mail", email, origin):
            return

        async def send(session: AsyncSession) -> None:
            account = await UserService(session).by_login(email)
            if account and account.email == email and not account.is_verified:
                await publish(session, VerificationAsked(user_id=account.id))

        async with evenly():
            await self._parts.database.transact(send)

    async def send_again_to(self, username: str, actor: Actor) -> None:
        """A new link, asked for by those who manage people. Raises UserNotFound, Conflict when there is no need."""

        async def send(session: AsyncSession) -> None:
            account = await UserService(session).account_of(username)
            if account.is_verified or account.email is None:
                raise Conflict("There is no address to confirm.")
            await publish(session, VerificationAsked(user_id=account.id))
            await AuditService(session).record(
                "user.verification_sent", actor=actor, subject_type="user", subject_id=account.id
            )

        await self._parts.database.transact(send)

    async def _store(self, session: AsyncSession, new: Registration, password_hash: str) -> None:
        wanted = NewUser(
            display_name=new.display_name, email=new.email, username=new.username, date_of_birth=new.date_of_birth
        )
        try:
            user = await UserService(session).create(wanted)
        except EmailTaken:
            if not await self._parts.throttle.take("exists-mail", new.email, limit=3, seconds=HOUR):
                known = await UserService(session).by_login(new.email)
                if known:
                    await publish(session, RegistrationRepeated(user_id=known.id))
            return
        await AccountRepository(session).set_password(user.id, password_hash)
        await publish(session, UserRegistered(user_id=user.id))


async def may_write(parts: AuthParts, kind: str, email: str, origin: Origin) -> bool:
    """Whether a stranger may have that address written to; False in silence, so that nobody learns anything.

    Raises TryLater for too many from one place.
    """
    wait = await parts.throttle.take("mail-from", network_of(origin), limit=20, seconds=HOUR)
    if wait:
        raise TryLater(wait)
    return not await parts.throttle.take(kind, email, limit=3, seconds=HOUR)


async def forget_old_tokens(session: AsyncSession, before: datetime) -> None:
    """Delete links of mails that could be used until then at most."""
    await AccountRepository(session).drop_expired(before)
