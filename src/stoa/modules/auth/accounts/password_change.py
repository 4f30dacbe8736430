"""New passwords: by somebody who knows the old one, or by a link to the account's address.

Either ends every other session and all API keys: whoever knew the old password is out.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.letters import RESET_LIFE, one_time_token
from stoa.modules.auth.accounts.registration import may_write
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.accounts.schemas import PasswordChange, PasswordReset
from stoa.modules.auth.accounts.sign_in import SignIn
from stoa.modules.auth.api_keys.service import ApiKeyService
from stoa.modules.auth.errors import LinkSpent, WrongPassword
from stoa.modules.auth.events import PasswordChanged, PasswordForgotten
from stoa.modules.auth.pace import evenly
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.passwords import check_password
from stoa.modules.auth.secrets import hash_of
from stoa.modules.auth.sessions.service import SessionService
from stoa.modules.users.schemas import Account
from stoa.modules.users.service import UserService
from stoa.shared.security import Actor, Origin


class PasswordChanges:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts
        self._database = parts.database

    async def change(self, change: PasswordChange, actor: Actor) -> None:
        """Raises WrongPassword, WeakPassword, TryLater."""
        account = await self._account(actor.user_id)
        current = change.current_password.get_secret_value()
        if not await SignIn(self._parts).check_again(account, current, actor.origin):
            raise WrongPassword("body.current_password")
        password = change.password.get_secret_value()
        self._check(password, account)
        made = await self._parts.hasher.hash(password)

        async def store(session: AsyncSession) -> None:
            await self._set(session, account, made, keep=actor.session_id)
            await AuditService(session).record(
                "password.changed", actor=actor, subject_type="user", subject_id=account.id
            )

        await self._database.transact(store)

    async def forgot(self, email: str, origin: Origin) -> None:
        """A link by mail, where that address has an account. Raises TryLater for too many from one place."""
        if not await may_write(self._parts, "reset-mail", email, origin):
            return

        async def send(session: AsyncSession) -> None:
            account = await UserService(session).by_login(email)
            await AuditService(session).record(
                "password.reset_requested",
                actor=None,
                origin=origin,
                subject_type="user" if account else None,
                subject_id=account.id if account else None,
            )
            if account and account.email == email:
                await publish(session, PasswordForgotten(user_id=account.id))

        async with evenly():
            await self._database.transact(send)

    async def reset(self, reset: PasswordReset, origin: Origin) -> None:
        """Raises LinkSpent, WeakPassword; a weak password leaves the link as it was."""
        token = hash_of(reset.token)
        found = await self._database.transact(lambda session: AccountRepository(session).token(token, "reset"))
        if found is None or found[0] is None:
            raise LinkSpent
        account = await self._account(found[0])
        password = reset.password.get_secret_value()
        self._check(password, account)
        made = await self._parts.hasher.hash(password)
        await self._database.transact(lambda session: self._spend(session, token, account, made, origin))
        await self._parts.throttle.forgive("sign-in", str(account.id), all_of_it=True)

    async def set_by_owner(self, account: Account, password: str, actor: Actor) -> None:
        """From the command line, where whoever has the machine has the site. Raises WeakPassword."""
        self._check(password, account, field="password")
        made = await self._parts.hasher.hash(password)

        async def store(session: AsyncSession) -> None:
            await self._set(session, account, made)
            await AuditService(session).record("password.set", actor=actor, subject_type="user", subject_id=account.id)

        await self._database.transact(store)
        await self._parts.throttle.forgive("sign-in", str(account.id), all_of_it=True)

    async def link(self, session: AsyncSession, user_id: UUID, email: str) -> str:
        """The link of the mail, for whoever may hand it over otherwise."""
        return self._parts.mails.reset_link(await one_time_token(session, "reset", user_id, email, RESET_LIFE))

    async def _spend(self, session: AsyncSession, token: bytes, account: Account, made: str, origin: Origin) -> None:
        used = await AccountRepository(session).use_token(token, "reset")
        if used is None or used[1] is None:
            raise LinkSpent
        await UserService(session).verify(account.id, used[1])  # the link came by mail to that address
        await self._set(session, account, made)
        await AuditService(session).record(
            "password.reset", actor=None, origin=origin, subject_type="user", subject_id=account.id
        )

    async def _set(self, session: AsyncSession, account: Account, made: str, *, keep: UUID | None = None) -> None:
        await UserService(session).account(account.id)  # locked: no key is made meanwhile that would stay
        accounts = AccountRepository(session)
        await accounts.set_password(account.id, made)
        await accounts.drop_tokens(user_id=account.id, kind="reset")
        await SessionService(session, self._parts.life).end_all(account.id, "password changed", but=keep)
        await ApiKeyService(session).end_all(account.id)
        await publish(session, PasswordChanged(user_id=account.id))

    async def _account(self, user_id: UUID) -> Account:
        return await self._database.transact(lambda session: UserService(session).account(user_id))

    def _check(self, password: str, account: Account, *, field: str = "body.password") -> None:
        own = (account.email, account.username, account.display_name, self._parts.mails.site)
        check_password(password, *own, field=field)
