"""Mails with a link that opens something. The link is made with the mail: no event and no log ever holds it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.accounts.models import OneTimeToken
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.mails import AccountMails
from stoa.modules.auth.secrets import hash_of, new_secret
from stoa.modules.deliveries.schemas import Mail
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.users.service import UserService
from stoa.shared.clock import utc_now

VERIFY_LIFE: Final = timedelta(days=3)
RESET_LIFE: Final = timedelta(hours=1)


class Letters:
    """To accounts as they are by then: who has no address any more gets nothing. `source_id` is the event's id."""

    def __init__(self, session: AsyncSession, mails: AccountMails) -> None:
        self._session = session
        self._mails = mails

    async def verification(self, user_id: UUID, source_id: UUID) -> None:
        """The link that confirms an address, unless that has happened."""
        account = await UserService(self._session).look_up(user_id)
        if account and account.email and not account.is_verified:
            token = await one_time_token(self._session, "verify", user_id, account.email, VERIFY_LIFE)
            await self._send(self._mails.verify(account.email, token), user_id, source_id)

    async def reset(self, user_id: UUID, source_id: UUID) -> None:
        """The link to a new password."""
        account = await UserService(self._session).look_up(user_id)
        if account and account.email:
            token = await one_time_token(self._session, "reset", user_id, account.email, RESET_LIFE)
            await self._send(self._mails.reset(account.email, token), user_id, source_id)

    async def exists(self, user_id: UUID, source_id: UUID) -> None:
        """To who has registered before: no new account was made."""
        account = await UserService(self._session).look_up(user_id)
        if account and account.email:
            await self._send(self._mails.exists(account.email), user_id, source_id)

    async def _send(self, mail: Mail, user_id: UUID, source_id: UUID) -> None:
        await DeliveryService(self._session).send(mail.message(user_id=user_id, source_id=source_id))


async def one_time_token(session: AsyncSession, kind: str, user_id: UUID, email: str, life: timedelta) -> str:
    """A secret that works once, of which only the hash is kept."""
    token = new_secret()
    await AccountRepository(session).add_token(
        OneTimeToken(hash=hash_of(token), kind=kind, user_id=user_id, email=email, expires_at=utc_now() + life)
    )
    return token
