"""The writing SQL of chat. A conversation is locked before anything is said in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.chat.models import Conversation, Message

_DOWN = text(
    """
    WITH RECURSIVE path AS (
      SELECT m.id, 1 AS depth FROM chat_messages m WHERE m.id = :start AND m.conversation_id = :conversation
      UNION ALL
      SELECT (SELECT s.id FROM chat_messages s WHERE coalesce(s.parent_id, s.conversation_id) = path.id
              ORDER BY s.id DESC LIMIT 1), path.depth + 1
      FROM path WHERE path.id IS NOT NULL)
    SELECT id FROM path WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1
    """
)


class ChatRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Conversation | Message) -> None:
        self._session.add(row)

    async def flush(self) -> None:
        await self._session.flush()

    async def conversation(self, conversation_id: UUID, user_id: UUID) -> Conversation | None:
        """Locked."""
        found = select(Conversation).where(Conversation.id == conversation_id, Conversation.user_id == user_id)
        return (await self._session.scalars(found.with_for_update())).one_or_none()

    async def conversation_of(self, message_id: UUID, user_id: UUID) -> Conversation | None:
        """Of a message, locked."""
        meant = select(Message.conversation_id).where(Message.id == message_id).scalar_subquery()
        found = select(Conversation).where(Conversation.id == meant, Conversation.user_id == user_id)
        return (await self._session.scalars(found.with_for_update())).one_or_none()

    async def message(self, message_id: UUID, conversation_id: UUID) -> Message | None:
        found = select(Message).where(Message.id == message_id, Message.conversation_id == conversation_id)
        return (await self._session.scalars(found)).one_or_none()

    async def streaming(self, conversation_id: UUID) -> Message | None:
        """The answer that is written in it, locked."""
        found = select(Message).where(Message.conversation_id == conversation_id, Message.status == "streaming")
        return (await self._session.scalars(found.with_for_update())).one_or_none()

    async def siblings(self, parent_id: UUID | None, conversation_id: UUID) -> int:
        parent = func.coalesce(Message.parent_id, Message.conversation_id)
        counted = select(func.count()).select_from(Message).where(parent == (parent_id or conversation_id))
        return await self._session.scalar(counted) or 0

    async def newest_below(self, message_id: UUID, conversation_id: UUID) -> UUID | None:
        """The end of a message's branch, by the newest at every fork; None for a message of another conversation."""
        found: UUID | None = await self._session.scalar(_DOWN, {"start": message_id, "conversation": conversation_id})
        return found

    async def delete(self, conversation: Conversation) -> None:
        await self._session.execute(
            delete(Conversation).where(Conversation.id == conversation.id).execution_options(synchronize_session=False)
        )

    async def ask_to_stop(self, message_id: UUID) -> None:
        await self._session.execute(update(Message).where(Message.id == message_id).values(is_stop_asked=True))

    async def keep(self, message_id: UUID, values: Mapping[str, Any]) -> bool | None:
        """What there is until now; says whether it shall stop, None where nobody waits for it any more."""
        saved: bool | None = await self._session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.status == "streaming")
            .values(alive_at=func.clock_timestamp(), **values)
            .returning(Message.is_stop_asked)
            .execution_options(synchronize_session=False)
        )
        return saved

    async def end(self, message_id: UUID, values: Mapping[str, Any]) -> bool:
        """The whole of it, also where it was taken for lost in between; False where it was deleted."""
        ended = await self._session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.status.in_(("streaming", "cut")))
            .values(ended_at=func.clock_timestamp(), **values)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return ended is not None

    async def touch(self, conversation_id: UUID, title: str) -> None:
        """It was used just now; a title it has not yet is given to it."""
        await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(
                updated_at=func.clock_timestamp(),
                title=func.coalesce(func.nullif(Conversation.title, ""), title),
            )
            .execution_options(synchronize_session=False)
        )

    async def silent(self, before: datetime, limit: int) -> Sequence[Message]:
        """Answers that nobody writes any more, locked; those that somebody else has in hand are left to them."""
        found = await self._session.scalars(
            select(Message)
            .where(Message.status == "streaming", Message.alive_at < before)
            .order_by(Message.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return found.all()

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(
            delete(Conversation).where(Conversation.user_id == user_id).execution_options(synchronize_session=False)
        )
