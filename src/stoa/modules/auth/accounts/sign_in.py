"""Signing in with a password. Says the same, after the same time, whether the account or the password is wrong."""

import ipaddress
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.errors import SAME_FOR_ALL, InvalidGrant, TryLater
from stoa.modules.auth.events import SignInSlowed
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.passwords import LONGEST, needs_new_hash
from stoa.modules.auth.secrets import hash_of
from stoa.modules.auth.sessions.schemas import CookieSession, TokenOut
from stoa.modules.auth.sessions.service import RefreshTokens, SessionService
from stoa.modules.users.schemas import LONGEST_EMAIL, Account
from stoa.modules.users.service import UserService
from stoa.shared.clock import utc_now
from stoa.shared.security import Origin
from stoa.shared.throttle import Backoff

log = structlog.get_logger("stoa.auth")
PER_ACCOUNT: Final = Backoff(free=6)
PER_ADDRESS: Final = Backoff(free=40, first=1.0)


class SignIn:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts
        self._database = parts.database

    async def for_tokens(self, login: str, password: str, origin: Origin) -> TokenOut:
        """A new family of tokens. Raises InvalidGrant, TryLater."""
        account = await self.check(login, password, origin)

        async def begin(session: AsyncSession) -> TokenOut:
            session_id, refresh_token = await self._sessions(session).begin_tokens(account.id, origin)
            tokens = RefreshTokens(self._database, self._parts.tokens, self._parts.life)
            return tokens.pair(account.id, session_id, refresh_token)

        return await self._database.transact(begin)

    async def for_cookie(self, login: str, password: str, origin: Origin, former: str | None) -> CookieSession:
        """A new session of a browser; the one it had before ends. Raises InvalidGrant, TryLater."""
        account = await self.check(login, password, origin)
        return await self.begin_cookie(account, origin, former)

    async def begin_cookie(self, account: Account, origin: Origin, former: str | None) -> CookieSession:
        async def begin(session: AsyncSession) -> CookieSession:
            sessions = self._sessions(session)
            if former:
                await sessions.end_cookie(hash_of(former))
            return await sessions.begin_cookie(account.id, origin)

        return await self._database.transact(begin)

    async def check(self, login: str, password: str, origin: Origin) -> Account:
        """The account of these. Every attempt counts as failed before the password is looked at."""
        name = login.strip().casefold()[: LONGEST_EMAIL + 1]
        account, stored = await self._database.transact(lambda session: _find(session, name))
        who = str(account.id) if account else name
        failures = await self._count(who, origin)
        if not await self._parts.hasher.verify(stored, password[: LONGEST + 1]) or account is None:
            await self._failed(account, failures, origin)
            raise InvalidGrant(self._refusal())
        self._may_enter(account)
        await self._parts.throttle.forgive("sign-in", who, all_of_it=True)
        await self._parts.throttle.forgive("sign-in-from", network_of(origin), all_of_it=False)
        if stored and needs_new_hash(stored):
            await self._renew(account, stored, password)
        return account

    async def check_again(self, account: Account, password: str, origin: Origin) -> bool:
        """Whether it is the password of somebody who is signed in already. Raises TryLater."""
        failures = await self._count(str(account.id), origin)
        stored = await self._database.transact(lambda session: AccountRepository(session).password_hash(account.id))
        if not await self._parts.hasher.verify(stored, password[: LONGEST + 1]):
            await self._failed(account, failures, origin)
            return False
        await self._parts.throttle.forgive("sign-in", str(account.id), all_of_it=True)
        return True

    async def _count(self, who: str, origin: Origin) -> int:
        place = await self._parts.throttle.attempt("sign-in-from", network_of(origin), PER_ADDRESS)
        if place.wait:
            raise TryLater(place.wait)
        own = await self._parts.throttle.attempt("sign-in", who, PER_ACCOUNT)
        if own.wait:
            raise TryLater(own.wait)
        return own.failures

    def _may_enter(self, account: Account) -> None:
        ban = account.ban(utc_now())
        if ban:
            raise InvalidGrant(ban)
        if self._parts.needs_verified and not account.is_verified:
            raise InvalidGrant(self._refusal())

    def _refusal(self) -> str:
        if self._parts.needs_verified:
            return f"{SAME_FOR_ALL} Or the address is not confirmed yet: open the link in the mail we sent."
        return SAME_FOR_ALL

    async def _failed(self, account: Account | None, failures: int, origin: Origin) -> None:
        """The owner is told once, when attempts begin to have to wait."""
        log.info("sign-in failed", failures=failures)
        if account is None or failures != PER_ACCOUNT.free:
            return

        async def tell(session: AsyncSession) -> None:
            await publish(session, SignInSlowed(user_id=account.id, address=origin.address))
            await AuditService(session).record(
                "sign_in.slowed", actor=None, origin=origin, subject_type="user", subject_id=account.id
            )

        await self._database.transact(tell)

    async def _renew(self, account: Account, stored: str, password: str) -> None:
        """The parameters were raised since this hash was made."""
        made = await self._parts.hasher.hash(password)
        await self._database.transact(lambda session: AccountRepository(session).replace_hash(account.id, stored, made))

    def _sessions(self, session: AsyncSession) -> SessionService:
        return SessionService(session, self._parts.life)


async def _find(session: AsyncSession, login: str) -> tuple[Account | None, str | None]:
    account = await UserService(session).by_login(login)
    return account, await AccountRepository(session).password_hash(account.id) if account else None


def network_of(origin: Origin) -> str:
    """The address; of IPv6 the network of one customer, who has 2^64 addresses."""
    try:
        address = ipaddress.ip_address(origin.address or "")
    except ValueError:
        return origin.address or "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)
