"""One reader's own feed: what the authors and tags they follow brought, newest first. Never writes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import ColumnElement

from stoa.modules.content.articles.following import queries
from stoa.shared.database import ReadSession
from stoa.shared.pagination import (
    DEFAULT_LIMIT,
    LONGEST_CURSOR,
    MOST_PER_PAGE,
    Slice,
    decode_cursor,
    encode_cursor,
)
from stoa.shared.security import Actor

_CURSOR = "feed"
DEEPEST = 500


class FeedQuery(BaseModel):
    """The query string of the feed. Everybody followed is walked that deep: deeper down only by the cursor."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE, description="Items in one answer.")] = DEFAULT_LIMIT
    skip: Annotated[int, Field(ge=0, le=DEEPEST, description="Items to leave out first.")] = 0
    cursor: Annotated[
        Annotated[str, Field(max_length=LONGEST_CURSOR)] | None,
        BeforeValidator(lambda value: value or None),
        Field(description="The `next_cursor` of the page before; empty: the first page."),
    ] = None


def follows_author() -> ColumnElement[bool]:
    """SQL for whether `viewer` follows the author, for a statement that reads the article's row."""
    return queries.AUTHOR_IS_FOLLOWED


async def own_feed(reads: ReadSession, actor: Actor, query: FeedQuery, *, for_page: bool = False) -> Slice:
    """One page of public articles as list items, each once. Raises MalformedInput for a cursor of another list."""
    values: dict[str, object] = {"follower": actor.user_id}
    if query.cursor:
        values["key"], values["last_id"] = decode_cursor(query.cursor, _CURSOR, datetime, UUID)
    statement = queries.page(query.limit, query.skip, after=bool(query.cursor), for_page=for_page)
    rows = await reads.fetch(statement, **values)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    cursor = encode_cursor(_CURSOR, rows[-1]["key"], rows[-1]["id"]) if more else None
    return Slice([row["item"] for row in rows], cursor)
