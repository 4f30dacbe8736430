"""What is read of comments: threads below an article, one comment, the queue of those who moderate."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement

from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.comments import queries
from stoa.modules.content.comments.errors import CommentNotFound
from stoa.modules.content.comments.policy import MODERATE, OWN_ARTICLES
from stoa.modules.content.comments.reading_order import in_reading_order
from stoa.modules.content.comments.schemas import ANSWERS_SHOWN, CommentQuery, RepliesQuery, Threads, ThreadsQuery
from stoa.shared.database import ReadSession
from stoa.shared.errors import Moved
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor

Also = tuple[tuple[str, ColumnElement[Any]], ...]


class CommentReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def threads(self, actor: Actor | None, slug: str, query: ThreadsQuery, *, also: Also = ()) -> Threads:
        """A page of threads as this reader sees them, in one statement. Raises Moved, ArticleNotFound.

        `also` are expressions about the article's row by name, which come back in the answer.
        """
        kind = f"threads.{query.sort}"
        values = _reader(actor)
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, kind, datetime, UUID)
        statement = queries.threads(
            query.sort, query.limit, known=actor is not None, after=bool(query.cursor), also=also
        )
        rows = await self._reads.fetch(statement, slug=slug, **values)
        if not rows:
            moved = await ArticleReads(self._reads).moved_to(f"/articles/{slug}")
            raise Moved(moved) if moved else ArticleNotFound(slug)
        found = [row for row in rows if row["id"] is not None]
        last = found[query.limit - 1] if len(found) > query.limit else None
        return Threads(
            items=[one for row in found[: query.limit] for one in _thread(row)],
            total=rows[0]["total"],
            next_cursor=encode_cursor(kind, last["created_at"], last["id"]) if last else None,
            has_comments=rows[0]["has_comments"],
            article_author_id=rows[0]["article_author_id"],
            also={name: rows[0][name] for name, _ in also},
        )

    async def replies(self, actor: Actor | None, comment_id: UUID, query: RepliesQuery) -> Slice:
        """The answers in the thread of a first comment, by time."""
        values = _reader(actor)
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, "replies", datetime, UUID)
        statement = queries.replies(query.limit, known=actor is not None, after=bool(query.cursor))
        rows = await self._reads.fetch(statement, id=comment_id, **values)
        return _slice(rows, query.limit, "replies")

    async def one(self, actor: Actor | None, comment_id: UUID) -> tuple[str, int]:
        """A comment as JSON, and its version. Raises CommentNotFound where this reader may not see it."""
        row = await self._reads.fetch_row(queries.one(known=actor is not None), id=comment_id, **_reader(actor))
        if row is None:
            raise CommentNotFound
        return row["item"], row["version"]

    async def queue(self, actor: Actor, query: CommentQuery) -> Slice:
        """What this person may moderate, or with `mine` wrote, newest first: QueuedComment."""
        shape = _queue_shape(actor, query)
        values: dict[str, object] = {"viewer": actor.id, "article": query.article}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, f"queue.{query.status}", datetime, UUID)
        statement = queries.queue(query.status, query.limit, query.skip, after=bool(query.cursor), **shape)
        rows = await self._reads.fetch(statement, **values)
        found = _slice(rows, query.limit, f"queue.{query.status}")
        if not query.count:
            return found
        total = await self._reads.fetch_value(queries.queue_total(query.status, **shape), **values)
        return Slice(found.items, found.next_cursor, total)

    async def held_count(self, actor: Actor) -> int:
        """How many comments wait for this person."""
        if not (actor.can(MODERATE) or actor.can(OWN_ARTICLES)):
            return 0
        shape = _queue_shape(actor, CommentQuery())
        count: int = await self._reads.fetch_value(queries.queue_total("held", **shape), viewer=actor.id)
        return count


def _reader(actor: Actor | None) -> dict[str, object]:
    if actor is None:
        return {}
    return {"viewer": actor.id, "moderates": actor.can(MODERATE), "writes": actor.can(OWN_ARTICLES)}


def _queue_shape(actor: Actor, query: CommentQuery) -> dict[str, bool]:
    """Who moderates nothing sees their own."""
    everywhere = actor.can(MODERATE)
    mine = query.mine or not (everywhere or actor.can(OWN_ARTICLES))
    return {"mine": mine, "everywhere": everywhere, "article": query.article is not None}


def _thread(row: Any) -> list[dict[str, Any]]:
    first: dict[str, Any] = orjson.loads(row["item"])
    answers = [orjson.loads(one) for one in row["answers"]]
    thread = in_reading_order(first, answers[:ANSWERS_SHOWN])
    if thread:
        thread[0]["more_answers"] = len(answers) > ANSWERS_SHOWN
    return thread


def _slice(rows: list[Any], limit: int, kind: str) -> Slice:
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = encode_cursor(kind, rows[-1]["created_at"], rows[-1]["id"]) if more else None
    return Slice([row["item"] for row in rows], cursor)
