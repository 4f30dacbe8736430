"""The writing SQL of follows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from stoa.modules.content.follows.models import Follow
from stoa.shared.ids import new_id

_TURNS = 0x5F011  # the follows' own among advisory locks
_QUIET = {"synchronize_session": False}


class FollowRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take_turn(self, follower_id: UUID) -> None:
        """Until this transaction ends, nobody else counts or adds what this person follows."""
        person = int.from_bytes(follower_id.bytes[-4:], signed=True)  # who shares it waits a moment, no more
        await self._session.execute(select(func.pg_advisory_xact_lock(_TURNS, person)))

    async def count(self, follower_id: UUID) -> int:
        found = select(func.count()).select_from(Follow).where(Follow.follower_id == follower_id)
        return await self._session.scalar(found) or 0

    async def add(self, follower_id: UUID, *, author_id: UUID | None = None, tag_id: UUID | None = None) -> UUID | None:
        """The id of the new follow; None when it was there."""
        row = {"id": new_id(), "follower_id": follower_id, "author_id": author_id, "tag_id": tag_id}
        statement = insert(Follow).values(row).on_conflict_do_nothing().returning(Follow.id)
        found: UUID | None = await self._session.scalar(statement)
        return found

    async def remove(
        self, follower_id: UUID, *, author_id: UUID | None = None, tag_id: UUID | None = None
    ) -> UUID | None:
        """The id of the follow that was there."""
        which = Follow.author_id == author_id if author_id else Follow.tag_id == tag_id
        statement = delete(Follow).where(Follow.follower_id == follower_id, which).returning(Follow.id)
        found: UUID | None = await self._session.scalar(statement.execution_options(**_QUIET))
        return found

    async def move_tag(self, source: UUID, target: UUID) -> None:
        """Who followed the one follows the other, once."""
        there = aliased(Follow)
        has_both = select(there.id).where(there.follower_id == Follow.follower_id, there.tag_id == target).exists()
        await self._session.execute(
            update(Follow).where(Follow.tag_id == source, ~has_both).values(tag_id=target).execution_options(**_QUIET)
        )
        await self._session.execute(delete(Follow).where(Follow.tag_id == source).execution_options(**_QUIET))

    async def followers(
        self, author_id: UUID, tag_ids: Sequence[UUID], *, after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        """Who follows the author or one of the tags, each once, by id, but for the author."""
        by_tag: InstrumentedAttribute[UUID | None] = Follow.tag_id
        statement = (
            select(Follow.follower_id)
            .where(or_(Follow.author_id == author_id, by_tag.in_(list(tag_ids))), Follow.follower_id != author_id)
            .group_by(Follow.follower_id)
            .order_by(Follow.follower_id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(Follow.follower_id > after)
        return (await self._session.scalars(statement)).all()

    async def forget(self, person_id: UUID) -> None:
        """All that a person follows, and that somebody follows them."""
        await self._session.execute(
            delete(Follow)
            .where(or_(Follow.follower_id == person_id, Follow.author_id == person_id))
            .execution_options(**_QUIET)
        )
