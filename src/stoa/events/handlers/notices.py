"""What people are told about their own account and texts: who hears what. How it reaches them, notifications know."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.registry import Handler, on
from stoa.modules.ai.events import AiBatchDone
from stoa.modules.auth.events import ApiKeyCreated, PasswordChanged, SessionReused, SignInSlowed, UserSignedOut
from stoa.modules.content.articles.events import ArticleChanged, ArticleEvent, ArticleUnpublished
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.events import UserBanned, UserEvent, UserRoleChanged, UserUnbanned, UserVerified
from stoa.modules.users.service import UserService

GROUP = "notices"
SESSIONS = "/settings/sessions"


def notices(wording: Wording) -> tuple[Handler[Any], ...]:
    return (*_of_account(wording), *_of_security(wording), *_of_models(wording), *_of_articles(wording))


def _of_account(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(UserVerified, group=GROUP)
    async def welcome(event: UserVerified, session: AsyncSession) -> None:
        await _tell(session, wording, "welcome", event, url="/settings")

    @on(UserRoleChanged, group=GROUP)
    async def role_changed(event: UserRoleChanged, session: AsyncSession) -> None:
        await _tell(session, wording, "role_changed", event, role=event.role, former_role=event.former_role)

    @on(UserBanned, group=GROUP)
    async def account_banned(event: UserBanned, session: AsyncSession) -> None:
        account = await UserService(session).look_up(event.user_id)
        if account and account.banned_at:
            until = f"{account.banned_until:%d %B %Y, %H:%M} UTC" if account.banned_until else ""
            await _tell(session, wording, "account_banned", event, reason=account.ban_reason or "", until=until)

    @on(UserUnbanned, group=GROUP)
    async def ban_lifted(event: UserUnbanned, session: AsyncSession) -> None:
        await _tell(session, wording, "ban_lifted", event, url="/sign-in")

    return welcome, role_changed, account_banned, ban_lifted


def _of_security(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(PasswordChanged, group=GROUP)
    async def password_changed(event: PasswordChanged, session: AsyncSession) -> None:
        await _tell(session, wording, "password_changed", event, url=SESSIONS)

    @on(SignInSlowed, group=GROUP)
    async def sign_in_attempts(event: SignInSlowed, session: AsyncSession) -> None:
        await _tell(session, wording, "sign_in_attempts", event, url=SESSIONS, address=event.address or "")

    @on(SessionReused, group=GROUP)
    async def session_reused(event: SessionReused, session: AsyncSession) -> None:
        await _tell(session, wording, "session_reused", event, url=SESSIONS)

    @on(UserSignedOut, group=GROUP)
    async def signed_out(event: UserSignedOut, session: AsyncSession) -> None:
        await _tell(session, wording, "signed_out", event, url=SESSIONS)

    @on(ApiKeyCreated, group=GROUP)
    async def api_key_created(event: ApiKeyCreated, session: AsyncSession) -> None:
        await _tell(session, wording, "api_key_created", event, url="/settings/api-keys", prefix=event.prefix)

    return password_changed, sign_in_attempts, session_reused, signed_out, api_key_created


def _of_models(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(AiBatchDone, group=GROUP)
    async def batch_done(event: AiBatchDone, session: AsyncSession) -> None:
        """Who cancelled it knows."""
        if event.status == "done":
            about = {"done": event.done, "failed": event.failed}
            notice = Notice("ai_batch_done", event.user_id, event.id, about, url="/settings/ai")
            await NotificationService(session, wording).notify(notice)

    return (batch_done,)


def _of_articles(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(ArticleUnpublished, group=GROUP)
    async def article_taken_down(event: ArticleUnpublished, session: AsyncSession) -> None:
        await _tell_author(session, wording, "article_taken_down", event)

    @on(ArticleChanged, group=GROUP)
    async def article_edited(event: ArticleChanged, session: AsyncSession) -> None:
        await _tell_author(session, wording, "article_edited", event)

    return article_taken_down, article_edited


async def _tell_author(session: AsyncSession, wording: Wording, kind: str, event: ArticleEvent) -> None:
    """Of what others did to a text; what authors do themselves they know."""
    if event.by is None or event.by == event.author_id:
        return
    title = await ArticleService(session).title_of(event.article_id)
    if title is None:
        return  # deleted for good since
    notice = Notice(kind, event.author_id, event.id, {"title": title}, url="/studio")
    await NotificationService(session, wording).notify(notice)


async def _tell(
    session: AsyncSession, wording: Wording, kind: str, event: UserEvent, *, url: str | None = None, **payload: str
) -> None:
    notice = Notice(kind, event.user_id, event.id, payload, url=url)
    await NotificationService(session, wording).notify(notice)
