"""The writing SQL of comments. The row of the article is locked before any of its comments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, delete, func, literal_column, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from stoa.modules.content.articles.models import Article
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.comments.queries import PUBLIC, is_public


@dataclass(frozen=True, slots=True)
class Place:
    """The article that a comment stands below."""

    id: UUID
    slug: str
    title: str
    author_id: UUID
    has_comments: bool
    is_public: bool


_PLACE = (Article.id, Article.slug, Article.title, Article.author_id, Article.has_comments)


class CommentRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def place(self, *, slug: str | None = None, article_id: UUID | None = None) -> Place | None:
        """The article, whose row stays locked."""
        which = Article.slug == slug if article_id is None else Article.id == article_id
        is_out = literal_column(f"({PUBLIC.text})", Boolean()).label("is_public")
        statement = select(*_PLACE, is_out).where(which, Article.deleted_at.is_(None)).with_for_update()
        row = (await self._session.execute(statement)).one_or_none()
        return Place(*row) if row else None

    async def article_of(self, comment_id: UUID) -> UUID | None:
        return await self._session.scalar(select(Comment.article_id).where(Comment.id == comment_id))

    async def locked(self, comment_id: UUID) -> Comment | None:
        statement = select(Comment).where(Comment.id == comment_id).with_for_update()
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def read(self, comment_id: UUID) -> Comment | None:
        """As it is now, in the bin or not, without a lock."""
        statement = select(Comment).where(Comment.id == comment_id)
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def said_since(self, article_id: UUID, author_id: UUID, body: str, since: datetime) -> bool:
        said = select(Comment.id).where(
            Comment.article_id == article_id, Comment.author_id == author_id, Comment.body == body,
            Comment.created_at > since, Comment.deleted_at.is_(None),
        )  # fmt: skip
        return await self._session.scalar(said.limit(1)) is not None

    async def has_been_shown(self, author_id: UUID) -> bool:
        """Somebody let a comment of theirs be seen before."""
        shown = select(Comment.id).where(Comment.author_id == author_id, is_public(Comment))
        return await self._session.scalar(shown.limit(1)) is not None

    def add(self, comment: Comment) -> None:
        self._session.add(comment)

    async def flush(self) -> None:
        await self._session.flush()

    async def count(self, article_id: UUID, change: int) -> None:
        """Change the counter of an article, whose version stays: who edits its text is not refused for that."""
        if change:
            await self._session.execute(
                update(Article)
                .where(Article.id == article_id)
                .values(comment_count=func.greatest(Article.comment_count + change, 0))
                .execution_options(synchronize_session=False)
            )

    async def about(self, comment_id: UUID) -> tuple[Comment, Article, UUID | None] | None:
        """The comment, its article, and who wrote what it answers."""
        parent = aliased(Comment)
        statement = (
            select(Comment, Article, parent.author_id)
            .join(Article, Article.id == Comment.article_id)
            .outerjoin(parent, parent.id == Comment.parent_id)
            .where(Comment.id == comment_id)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return (row[0], row[1], row[2]) if row else None

    async def thread_people(self, comment_id: UUID, most: int) -> list[UUID]:
        asked = aliased(Comment)
        thread = select(func.coalesce(asked.root_id, asked.id)).where(asked.id == comment_id).scalar_subquery()
        statement = (
            select(Comment.author_id)
            .where(
                or_(Comment.id == thread, Comment.root_id == thread), is_public(Comment), Comment.author_id.is_not(None)
            )
            .group_by(Comment.author_id)
            .order_by(func.max(Comment.created_at).desc())
            .limit(most)
        )
        return [person for person in await self._session.scalars(statement) if person is not None]

    async def lock_articles_of(self, author_id: UUID) -> list[UUID]:
        """The articles that this person commented on, locked in id order."""
        theirs = select(Comment.article_id).where(Comment.author_id == author_id)
        statement = select(Article.id).where(Article.id.in_(theirs)).order_by(Article.id).with_for_update()
        return list(await self._session.scalars(statement))

    async def forget_writer(self, author_id: UUID, now: datetime) -> None:
        """Delete all of a person's comments, and take text and name from what stays as a gap."""
        await self._session.execute(
            update(Comment)
            .where(Comment.author_id == author_id)
            .values(deleted_at=func.coalesce(Comment.deleted_at, now), **_NOTHING)
            .execution_options(synchronize_session=False)
        )

    async def forget_deleted(self, before: datetime) -> None:
        """Gaps of that age keep no personal data; the rest goes for good, answers before what they answer."""
        await self._session.execute(
            update(Comment)
            .where(Comment.deleted_at < before, or_(Comment.body != "", Comment.author_id.is_not(None)))
            .values(**_NOTHING)
            .execution_options(synchronize_session=False)
        )
        await self.drop_unanswered()

    async def drop_unanswered(self) -> None:
        """Remove the emptied comments that nothing answers, from the leaves up."""
        below = aliased(Comment)
        leaves = (
            delete(Comment)
            .where(
                Comment.deleted_at.is_not(None), Comment.body == "", Comment.author_id.is_(None),
                ~select(below.id).where(below.parent_id == Comment.id).exists(),
            )
            .returning(Comment.id)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        while (await self._session.scalars(leaves)).all():
            pass

    async def count_again(self, article_ids: Iterable[UUID]) -> None:
        """Set the counters of these articles, whose rows are locked."""
        counted = select(func.count()).where(Comment.article_id == Article.id, is_public(Comment)).scalar_subquery()
        await self._session.execute(
            update(Article)
            .where(Article.id.in_(list(article_ids)))
            .values(comment_count=counted)
            .execution_options(synchronize_session=False)
        )


_NOTHING = {
    "author_id": null(), "guest_name": "", "guest_url": null(), "body": "", "html": "", "reason": null(),
    "score": null(), "terms": [], "judgement": null(), "edited_at": null(), "deleted_by": null(),
}  # fmt: skip
