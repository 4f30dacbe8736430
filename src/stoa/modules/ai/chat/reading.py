"""Reading chats: one's own, as JSON made by the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from stoa.modules.ai.chat import queries
from stoa.modules.ai.chat.errors import ConversationNotFound, MessageNotFound
from stoa.modules.ai.chat.schemas import ConversationQuery, MessageQuery
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.queries import containing

_CURSOR: Final = "chats"
_BRANCH: Final = "chat.messages"


@dataclass(frozen=True, slots=True)
class Past:
    """One message of what was said before; `size` in tokens."""

    role: str
    content: str
    size: int


class ChatReads:
    """Of one person; another's are as if they were not there."""

    def __init__(self, reads: ReadSession, user_id: UUID) -> None:
        self._reads = reads
        self._user_id = user_id

    async def page(self, query: ConversationQuery) -> Slice:
        """Conversations, used last first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {"user_id": self._user_id, "archived": query.archived}
        words = (query.search or "").replace("\0", "").strip()
        if words:
            values |= {"words": words, "pattern": containing(words)}
        if query.cursor:
            values["updated_at"], values["last_id"] = decode_cursor(query.cursor, _CURSOR, datetime, UUID)
        statement = queries.page(query.limit, query.skip, after=bool(query.cursor), search=bool(words))
        rows = await self._reads.fetch(statement, **values)
        total = await self._reads.fetch_value(queries.total(search=bool(words)), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["updated_at"].isoformat(), rows[-1]["id"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def one(self, conversation_id: UUID) -> str:
        found: str | None = await self._reads.fetch_value(queries.ONE, id=conversation_id, user_id=self._user_id)
        if found is None:
            raise ConversationNotFound
        return found

    async def leaf(self, conversation_id: UUID) -> UUID | None:
        """The last message of the branch that is shown. Raises ConversationNotFound."""
        row = await self._reads.fetch_row(queries.LEAF, id=conversation_id, user_id=self._user_id)
        if row is None:
            raise ConversationNotFound
        leaf: UUID | None = row["leaf_id"]
        return leaf

    async def branch(self, conversation_id: UUID, query: MessageQuery) -> tuple[Slice, UUID | None]:
        """The last messages of the branch that is shown, in order; the cursor leads to those before. And its end."""
        leaf = await self.leaf(conversation_id)
        values = {"conversation_id": conversation_id, "start": leaf}
        if query.cursor:
            (values["start"],) = decode_cursor(query.cursor, _BRANCH, UUID)
        rows = await self._reads.fetch(queries.branch(query.limit, query.skip), **values)
        total = await self._reads.fetch_value(queries.LENGTH, **{**values, "start": leaf}) if query.count else None
        cursor = encode_cursor(_BRANCH, rows[query.limit]["id"]) if len(rows) > query.limit else None
        return Slice([row["item"] for row in reversed(rows[: query.limit])], cursor, total), leaf

    async def message(self, message_id: UUID) -> str:
        found: str | None = await self._reads.fetch_value(queries.MESSAGE, id=message_id, user_id=self._user_id)
        if found is None:
            raise MessageNotFound
        return found

    async def followed(self, message_id: UUID, known: int) -> asyncpg.Record | None:
        """An answer as it stands, with its text beyond the `known` first characters."""
        return await self._reads.fetch_row(queries.FOLLOWED, id=message_id, user_id=self._user_id, known=known)

    async def past(self, conversation_id: UUID, start: UUID | None, most: int) -> list[Past]:
        """What was said up to that message, in order: the last `most` of it."""
        if start is None:
            return []
        rows = await self._reads.fetch(queries.PAST, start=start, conversation_id=conversation_id, most=most)
        return [Past(row["role"], row["content"], row["size"]) for row in reversed(rows)]

    async def whole(self, conversation_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A conversation and every message of it. Raises ConversationNotFound."""
        conversation: dict[str, Any] = orjson.loads(await self.one(conversation_id))
        rows = await self._reads.fetch(queries.EVERY_MESSAGE, conversation_id=conversation_id, user_id=self._user_id)
        return conversation, [orjson.loads(row["item"]) for row in rows]

    async def all(self) -> list[UUID]:
        """The ids of all conversations."""
        return [row["id"] for row in await self._reads.fetch(queries.MINE, user_id=self._user_id)]
