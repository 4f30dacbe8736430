"""Who hears of articles and comments: followers, authors, those who wrote in the thread, those who moderate."""

from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.queue.registry import Run, Task, task
from stoa.events.queue.service import enqueue
from stoa.events.registry import Handler, on
from stoa.modules.auth.people.service import who_may
from stoa.modules.content.articles.events import ArticlePublished
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.comments.events import (
    CommentApproved,
    CommentCreated,
    CommentDeleted,
    CommentEvent,
    CommentHeld,
    CommentRejected,
)
from stoa.modules.content.comments.policy import MODERATE
from stoa.modules.content.comments.schemas import CommentAbout
from stoa.modules.content.comments.service import CommentService
from stoa.modules.content.follows.events import FollowCreated
from stoa.modules.content.follows.service import FollowService
from stoa.modules.content.tags.events import TagMerged
from stoa.modules.content.tags.service import TagService
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.service import UserService

GROUP: Final = "notices"
TOGETHER: Final = 200
"""Followers told in one transaction."""

QUEUE: Final = "/studio/comments"
_NOBODY: Final = "Somebody"


class TellFollowers(BaseModel):
    """`source_id` is the event that everybody is told of; those up to and with `after` were told before."""

    article_id: UUID
    source_id: UUID
    after: UUID | None = None


def follower_task(wording: Wording) -> Task[TellFollowers]:
    """Tells the followers of an article some at a time, each batch with the task for the next one."""

    @task("article.tell_followers", TellFollowers, seconds=120)
    async def tell(payload: TellFollowers, session: AsyncSession, run: Run) -> None:  # noqa: ARG001 # as tasks are called
        article = await ArticleService(session).outline(payload.article_id)
        if article is None or not article.is_listed:
            return  # not out any more: nobody is led to it
        tags = await TagService(session).of_article(article.id)
        people = await FollowService(session).followers(article.author_id, tags, after=payload.after, limit=TOGETHER)
        about = {"title": article.title, "author": await _name(session, article.author_id)}
        for person in people:
            notice = Notice(
                "article_published", person, payload.source_id, about, f"/articles/{article.slug}",
                group_key=f"article_published:{article.author_id}",
            )  # fmt: skip
            await NotificationService(session, wording).notify(notice)
        if len(people) == TOGETHER:
            await enqueue(session, follower_task(wording), payload.model_copy(update={"after": people[-1]}))

    return tell


def content_notices(wording: Wording) -> tuple[Handler[Any], ...]:
    return (*_of_follows(wording), *_of_comments(wording))


def _of_follows(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(ArticlePublished, group=GROUP)
    async def followers_of_article(event: ArticlePublished, session: AsyncSession) -> None:
        await enqueue(session, follower_task(wording), TellFollowers(article_id=event.article_id, source_id=event.id))

    @on(FollowCreated, group=GROUP)
    async def new_follower(event: FollowCreated, session: AsyncSession) -> None:
        if event.author_id is None:
            return
        about = {"name": await _name(session, event.follower_id)}
        notice = Notice("new_follower", event.author_id, event.id, about, group_key="new_follower")
        await NotificationService(session, wording).notify(notice)

    @on(TagMerged, group="follows")
    async def followers_of_merged_tag(event: TagMerged, session: AsyncSession) -> None:
        await FollowService(session).move_tag(event.tag_id, event.into_id)

    return followers_of_article, new_follower, followers_of_merged_tag


def _of_comments(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(CommentCreated, group=GROUP)
    async def comment_created(event: CommentCreated, session: AsyncSession) -> None:
        if event.status == "visible":
            await _tell_thread(session, wording, event)

    @on(CommentApproved, group=GROUP)
    async def comment_approved(event: CommentApproved, session: AsyncSession) -> None:
        await _tell_thread(session, wording, event)
        await _tell_writer(session, wording, "comment_approved", event)

    @on(CommentHeld, group=GROUP)
    async def comment_held(event: CommentHeld, session: AsyncSession) -> None:
        await _tell_writer(session, wording, "comment_held", event, always=True)
        await _tell_moderators(session, wording, event)

    @on(CommentRejected, group=GROUP)
    async def comment_rejected(event: CommentRejected, session: AsyncSession) -> None:
        await _tell_writer(session, wording, "comment_hidden", event)

    @on(CommentDeleted, group=GROUP)
    async def comment_deleted(event: CommentDeleted, session: AsyncSession) -> None:
        await _tell_writer(session, wording, "comment_hidden", event)

    return comment_created, comment_approved, comment_held, comment_rejected, comment_deleted


async def _tell_thread(session: AsyncSession, wording: Wording, event: CommentEvent) -> None:
    """Each once, never the writer: who was answered, whose article it is, who else wrote in the thread."""
    about = await CommentService(session).about(event.comment_id)
    if about is None or about.status != "visible":
        return
    kinds = dict.fromkeys(await CommentService(session).thread_people(event.comment_id), "comment_in_thread")
    kinds[about.article_author_id] = "comment_on_article"
    if about.parent_writer_id:
        kinds[about.parent_writer_id] = "comment_answered"
    said = {"title": about.article_title, "name": await _writer(session, about), "excerpt": about.excerpt}
    for person, kind in kinds.items():
        if person != about.writer_id:
            await _tell(session, wording, Notice(kind, person, event.id, said, _place(about), group_key=_key(about)))


async def _tell_moderators(session: AsyncSession, wording: Wording, event: CommentEvent) -> None:
    """Of many that wait nobody is told one by one: an unread notice grows."""
    about = await CommentService(session).about(event.comment_id)
    if about is None or about.status != "held":
        return
    said = {"title": about.article_title, "name": await _writer(session, about)}
    for person in {about.article_author_id, *await who_may(session, MODERATE)} - {about.writer_id}:
        await _tell(session, wording, Notice("comment_waits", person, event.id, said, QUEUE, group_key="comment_waits"))


async def _tell_writer(
    session: AsyncSession, wording: Wording, kind: str, event: CommentEvent, *, always: bool = False
) -> None:
    """Of what others did to their comment; `always`: of what was done by nobody or themselves, too."""
    about = await CommentService(session).about(event.comment_id)
    if about is None or about.writer_id is None or (about.writer_id == event.by and not always):
        return
    notice = Notice(kind, about.writer_id, event.id, {"title": about.article_title}, _place(about))
    await _tell(session, wording, notice)


async def _tell(session: AsyncSession, wording: Wording, notice: Notice) -> None:
    await NotificationService(session, wording).notify(notice)


async def _writer(session: AsyncSession, about: CommentAbout) -> str:
    return about.writer_name or (await _name(session, about.writer_id) if about.writer_id else _NOBODY)


async def _name(session: AsyncSession, user_id: UUID) -> str:
    account = await UserService(session).look_up(user_id)
    return account.display_name if account else _NOBODY


def _place(about: CommentAbout) -> str:
    return f"/articles/{about.article_slug}#comment-{about.comment_id}"


def _key(about: CommentAbout) -> str:
    return f"comment:{about.comment_id}"
