"""Mails to who may not be signed in: to confirm an address, to set a new password."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.modules.auth.accounts.letters import Letters
from stoa.modules.auth.events import PasswordForgotten, RegistrationRepeated, VerificationAsked
from stoa.modules.auth.mails import AccountMails
from stoa.modules.users.events import UserRegistered

GROUP = "mail"


def letters(mails: AccountMails) -> tuple[Handler[Any], ...]:
    @on(UserRegistered, group=GROUP)
    async def verification_mail(event: UserRegistered, session: AsyncSession) -> None:
        await Letters(session, mails).verification(event.user_id, event.id)

    @on(VerificationAsked, group=GROUP)
    async def verification_mail_again(event: VerificationAsked, session: AsyncSession) -> None:
        await Letters(session, mails).verification(event.user_id, event.id)

    @on(PasswordForgotten, group=GROUP)
    async def reset_mail(event: PasswordForgotten, session: AsyncSession) -> None:
        await Letters(session, mails).reset(event.user_id, event.id)

    @on(RegistrationRepeated, group=GROUP)
    async def exists_mail(event: RegistrationRepeated, session: AsyncSession) -> None:
        await Letters(session, mails).exists(event.user_id, event.id)

    return verification_mail, verification_mail_again, reset_mail, exists_mail
