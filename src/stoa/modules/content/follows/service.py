"""Use cases of follows: follow and unfollow an author or a tag, and who follows. Knows no article."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.content.follows import queries
from stoa.modules.content.follows.errors import OneselfFollowed, TooManyFollowed
from stoa.modules.content.follows.events import FollowCreated, FollowDeleted
from stoa.modules.content.follows.repository import FollowRepository
from stoa.modules.content.follows.schemas import MOST, FollowQuery
from stoa.modules.content.tags.service import TagService
from stoa.modules.users.errors import UserNotFound
from stoa.modules.users.service import UserService
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor

_CURSOR = "follows"


def followed_authors(follower: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """SQL for the ids of the authors that somebody follows, for lists of other nouns read in one statement."""
    return queries.authors_of(follower)


def is_followed(author: ColumnElement[Any], follower: ColumnElement[Any]) -> ColumnElement[bool]:
    """SQL for whether somebody follows the author of that id."""
    return queries.is_followed(author, follower)


def followed_tags(follower: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """SQL for the ids of the living tags that somebody follows."""
    return queries.tags_of(follower)


class FollowReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, actor: Actor, query: FollowQuery) -> Slice:
        """What this person follows, newest first: FollowOut. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {"follower": actor.user_id}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, _CURSOR, datetime, UUID)
        statement = queries.page(query.kind, query.limit, query.skip, after=bool(query.cursor))
        rows = await self._reads.fetch(statement, **values)
        total = await self._reads.fetch_value(queries.total(query.kind), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["created_at"], rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def author(self, actor: Actor, username: str) -> tuple[str, bool]:
        """The public profile as JSON, and whether this person follows them. Raises UserNotFound."""
        row = await self._reads.fetch_row(queries.AUTHOR, follower=actor.user_id, username=username.lower())
        if row is None or row["profile"] is None:
            raise UserNotFound
        return row["profile"], row["is_followed"]

    async def follows_tag(self, actor: Actor, slug: str) -> bool:
        found: bool = await self._reads.fetch_value(queries.FOLLOWS_TAG, follower=actor.user_id, slug=slug)
        return found


class FollowService:
    """The caller's unit of work commits what is done here. What is followed already stays so."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._follows = FollowRepository(session)

    async def follow_author(self, actor: Actor, username: str) -> None:
        """Raises UserNotFound, OneselfFollowed, TooManyFollowed."""
        author = await UserService(self._session).author(username)
        if author.id == actor.user_id:
            raise OneselfFollowed
        await self._follow(actor, author_id=author.id)

    async def unfollow_author(self, actor: Actor, username: str) -> None:
        """Raises UserNotFound."""
        author = await UserService(self._session).author(username)
        await self._unfollow(actor, author_id=author.id)

    async def follow_tag(self, actor: Actor, slug: str) -> None:
        """A former slug will do. Raises TagNotFound, TooManyFollowed."""
        tag = await TagService(self._session).known(slug)
        await self._follow(actor, tag_id=tag.id)

    async def unfollow_tag(self, actor: Actor, slug: str) -> None:
        """Raises TagNotFound."""
        tag = await TagService(self._session).known(slug)
        await self._unfollow(actor, tag_id=tag.id)

    async def move_tag(self, source: UUID, target: UUID) -> None:
        """Who followed the one tag follows the other."""
        await self._follows.move_tag(source, target)

    async def followers(
        self, author_id: UUID, tag_ids: Sequence[UUID], *, after: UUID | None = None, limit: int
    ) -> Sequence[UUID]:
        """Who follows the author or one of the tags, each once and never the author; the next ones `after` the last."""
        return await self._follows.followers(author_id, tag_ids, after=after, limit=limit)

    async def _follow(self, actor: Actor, *, author_id: UUID | None = None, tag_id: UUID | None = None) -> None:
        await self._follows.take_turn(actor.user_id)  # of many requests at once none counts past another
        made = await self._follows.add(actor.user_id, author_id=author_id, tag_id=tag_id)
        if made is None:
            return
        if await self._follows.count(actor.user_id) > MOST:
            raise TooManyFollowed(MOST)
        event = FollowCreated(follow_id=made, follower_id=actor.user_id, author_id=author_id, tag_id=tag_id)
        await publish(self._session, event)

    async def _unfollow(self, actor: Actor, *, author_id: UUID | None = None, tag_id: UUID | None = None) -> None:
        ended = await self._follows.remove(actor.user_id, author_id=author_id, tag_id=tag_id)
        if ended is not None:
            event = FollowDeleted(follow_id=ended, follower_id=actor.user_id, author_id=author_id, tag_id=tag_id)
            await publish(self._session, event)
