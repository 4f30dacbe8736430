"""What is done every night."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.repository import EventLog
from stoa.events.scheduler import Job, JobDue, every_day
from stoa.modules.ai.batches.service import purge_batches
from stoa.modules.auth.accounts.registration import forget_old_tokens
from stoa.modules.auth.sessions.service import forget_ended
from stoa.modules.content.articles.previews import forget_expired
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.comments.service import CommentService
from stoa.modules.content.search.service import SearchService
from stoa.modules.content.tags.service import TagService
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.push.service import PushService
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import Wording
from stoa.shared.clock import utc_now

BIN_DAYS = timedelta(days=30)


@every_day("search-words", hour=3, group="search")
async def refresh_search_words(_: JobDue, session: AsyncSession) -> None:
    await SearchService(session).refresh_words()


@every_day("bin", hour=3, minute=20, group="purges")
async def empty_bin(_: JobDue, session: AsyncSession) -> None:
    before = utc_now() - BIN_DAYS
    await ArticleService(session).empty_bin(before)
    await CommentService(session).empty_bin(before)
    await TagService(session).empty_bin(before)
    await forget_expired(session, utc_now())


@every_day("sign-ins", hour=3, minute=40, group="purges")
async def forget_old_sign_ins(_: JobDue, session: AsyncSession) -> None:
    before = utc_now() - BIN_DAYS
    await forget_ended(session, before)
    await forget_old_tokens(session, before)
    await PushService(session).purge()


def purges(days: int, wording: Wording) -> tuple[Job, ...]:
    """What was handled, sent and read is kept for some time only; `days` for events and deliveries."""

    @every_day("notices", hour=3, minute=50, group="purges")
    async def forget_old_notices(_: JobDue, session: AsyncSession) -> None:
        await NotificationService(session, wording).purge()

    @every_day("events", hour=4, group="purges")
    async def forget_old_events(_: JobDue, session: AsyncSession) -> None:
        await EventLog(session).purge(timedelta(days=days))
        await DeliveryService(session).purge(days)

    @every_day("batches", hour=4, minute=10, group="purges")
    async def forget_old_batches(_: JobDue, session: AsyncSession) -> None:
        await purge_batches(session, utc_now())

    return forget_old_notices, forget_old_events, forget_old_batches
