"""Use cases of conversations but for talking: begin one, change it, put it away, delete it; rate an answer."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.chat.choosing import checked
from stoa.modules.ai.chat.errors import CannotBranch, ConversationNotFound, MessageNotFound
from stoa.modules.ai.chat.models import Conversation
from stoa.modules.ai.chat.repository import ChatRepository
from stoa.modules.ai.chat.schemas import ConversationChange, ConversationIn
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.engine.stops import announce_stop
from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id
from stoa.shared.security import Actor


class ConversationService:
    """Of one person; the caller's unit of work commits it."""

    def __init__(self, session: AsyncSession, engine: Engine, actor: Actor) -> None:
        self._session = session
        self._chats = ChatRepository(session)
        self._engine = engine
        self._actor = actor

    async def create(self, new: ConversationIn) -> UUID:
        """Raises ModelNotOffered."""
        provider, model = await checked(self._engine, new.provider, new.model)
        fields = new.model_dump(exclude={"provider", "model"})
        conversation = Conversation(id=new_id(), user_id=self._actor.user_id, provider=provider, model=model, **fields)
        self._chats.add(conversation)
        await self._chats.flush()
        return conversation.id

    async def change(self, conversation_id: UUID, change: ConversationChange) -> None:
        """Raises ConversationNotFound, ModelNotOffered, MessageNotFound for a leaf of another conversation."""
        sent = change.model_fields_set
        conversation = await self._mine(conversation_id)
        if sent & {"provider", "model"}:
            conversation.provider, conversation.model = await checked(self._engine, change.provider, change.model)
        for name in ("title", "system_prompt", "is_grounded", "includes_drafts"):
            if name in sent and (value := getattr(change, name)) is not None:
                setattr(conversation, name, value)
        if change.is_archived is not None:
            conversation.archived_at = (conversation.archived_at or utc_now()) if change.is_archived else None
        if change.leaf_id is not None:
            leaf = await self._chats.newest_below(change.leaf_id, conversation.id)
            if leaf is None:
                raise MessageNotFound
            conversation.leaf_id = leaf

    async def delete(self, conversation_id: UUID) -> None:
        """With all that was said; what is being written in it ends."""
        conversation = await self._mine(conversation_id)
        running = await self._chats.streaming(conversation.id)
        if running is not None:
            await announce_stop(self._session, running.id)
        await self._chats.delete(conversation)

    async def rate(self, message_id: UUID, rating: int | None) -> None:
        """Raises MessageNotFound; CannotBranch for a question, which has no rating."""
        conversation = await self._chats.conversation_of(message_id, self._actor.user_id)
        message = await self._chats.message(message_id, conversation.id) if conversation is not None else None
        if message is None:
            raise MessageNotFound
        if message.role != "assistant":
            raise CannotBranch("Only answers are rated.")
        message.rating = rating

    async def _mine(self, conversation_id: UUID) -> Conversation:
        conversation = await self._chats.conversation(conversation_id, self._actor.user_id)
        if conversation is None:
            raise ConversationNotFound
        return conversation
