"""What new people get. Nobody is written to before they have confirmed their address but for that link itself."""

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.modules.auth.mails import AccountMails
from stoa.modules.mail.service import MailService
from stoa.modules.users.events import UserVerified
from stoa.modules.users.service import UserService


def welcome(mails: AccountMails) -> Handler[UserVerified]:
    @on(UserVerified, group="mail")
    async def welcome_mail(event: UserVerified, session: AsyncSession) -> None:
        account = await UserService(session).account(event.user_id)
        if account.email:
            await MailService(session).send(mails.welcome(account.email))

    return welcome_mail
