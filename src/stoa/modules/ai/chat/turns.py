"""Use cases of talking: ask, ask otherwise, have it answered anew, stop. A model hears what is saved already.

One answer at a time is written in a conversation. Every question has an answer's row, whatever came of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.choosing import name_of
from stoa.modules.ai.chat.errors import (
    AnswerRuns,
    CannotBranch,
    ConversationFull,
    ConversationNotFound,
    ConversationWentOn,
    MessageNotFound,
)
from stoa.modules.ai.chat.live import Ask, Live
from stoa.modules.ai.chat.models import Conversation, Message
from stoa.modules.ai.chat.reaping import SILENT, cut
from stoa.modules.ai.chat.repository import ChatRepository
from stoa.modules.ai.chat.schemas import MOST_MESSAGES, MOST_SIBLINGS, MessageIn
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.engine.stops import announce_stop
from stoa.modules.ai.prices.tokens import count
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.ids import new_id
from stoa.shared.security import Actor


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and the answer that is being written to it."""

    question_id: UUID
    answer_id: UUID
    live: Live


class Turns:
    """Of one person. Each use case has a transaction of its own, that ends before anything is asked of a model."""

    def __init__(self, database: Database, engine: Engine, answering: Answering, actor: Actor) -> None:
        self._database = database
        self._engine = engine
        self._answering = answering
        self._actor = actor

    async def send(self, conversation_id: UUID, new: MessageIn) -> Turn:
        """Ask at the end of the branch that is shown. Raises AnswerRuns, ConversationWentOn, ConversationFull."""
        size = count(new.content)

        async def work(chats: ChatRepository) -> tuple[Ask, UUID]:
            conversation = await self._conversation(chats, conversation_id)
            if new.after is not None and conversation.leaf_id != new.after:
                raise ConversationWentOn
            return await self._ask(chats, conversation, conversation.leaf_id, new.content, size)

        return await self._begin(work)

    async def edit(self, message_id: UUID, content: str) -> Turn:
        """Ask a question in other words: a branch beside it. Raises MessageNotFound, CannotBranch, AnswerRuns."""
        size = count(content)

        async def work(chats: ChatRepository) -> tuple[Ask, UUID]:
            conversation, message = await self._message(chats, message_id)
            if message.role != "user":
                raise CannotBranch("Only questions can be edited. Have an answer given anew with POST .../regenerate.")
            return await self._ask(chats, conversation, message.parent_id, content, size)

        return await self._begin(work)

    async def regenerate(self, conversation_id: UUID, message_id: UUID | None) -> Turn:
        """Have a question answered anew: an answer beside the one there is. Raises as `edit`."""

        async def work(chats: ChatRepository) -> tuple[Ask, UUID]:
            conversation = await self._conversation(chats, conversation_id)
            meant = message_id or conversation.leaf_id
            if meant is None:
                raise CannotBranch("Nothing was asked in this conversation yet.")
            message = await chats.message(meant, conversation.id)
            if message is None:
                raise MessageNotFound
            question = message
            if message.role == "assistant" and message.parent_id is not None:
                question = await chats.message(message.parent_id, conversation.id) or message
            if question.role != "user":
                raise CannotBranch("This answer has no question.")
            return await self._answer(chats, conversation, question), question.id

        return await self._begin(work)

    async def stop(self, conversation_id: UUID) -> None:
        """End what is written in it, in whichever process. What came until then is kept."""

        async def work(session: AsyncSession) -> None:
            chats = ChatRepository(session)
            conversation = await chats.conversation(conversation_id, self._actor.user_id)
            if conversation is None:
                raise ConversationNotFound
            running = await chats.streaming(conversation.id)
            if running is not None:
                await chats.ask_to_stop(running.id)
                await announce_stop(session, running.id)

        await self._database.transact(work)

    async def _begin(self, work: Callable[[ChatRepository], Awaitable[tuple[Ask, UUID]]]) -> Turn:
        ask, question_id = await self._database.transact(lambda session: work(ChatRepository(session)))
        return Turn(question_id, ask.answer_id, self._answering.begin(ask, self._engine))

    async def _conversation(self, chats: ChatRepository, conversation_id: UUID) -> Conversation:
        conversation = await chats.conversation(conversation_id, self._actor.user_id)
        if conversation is None:
            raise ConversationNotFound
        return await _quiet(chats, conversation)

    async def _message(self, chats: ChatRepository, message_id: UUID) -> tuple[Conversation, Message]:
        conversation = await chats.conversation_of(message_id, self._actor.user_id)
        message = await chats.message(message_id, conversation.id) if conversation is not None else None
        if conversation is None or message is None:
            raise MessageNotFound
        return await _quiet(chats, conversation), message

    async def _ask(
        self, chats: ChatRepository, conversation: Conversation, parent_id: UUID | None, content: str, size: int
    ) -> tuple[Ask, UUID]:
        if conversation.message_count + 2 > MOST_MESSAGES:
            raise ConversationFull(MOST_MESSAGES)
        await _room_beside(chats, conversation, parent_id)
        question = Message(
            id=new_id(), conversation_id=conversation.id, parent_id=parent_id, role="user", content=content, size=size
        )
        chats.add(question)
        await chats.flush()
        conversation.message_count += 1
        return await self._answer(chats, conversation, question), question.id

    async def _answer(self, chats: ChatRepository, conversation: Conversation, question: Message) -> Ask:
        """The answer's row, empty and `streaming`; from here on its branch is shown."""
        if conversation.message_count + 1 > MOST_MESSAGES:
            raise ConversationFull(MOST_MESSAGES)
        await _room_beside(chats, conversation, question.id)
        answer = Message(
            id=new_id(),
            conversation_id=conversation.id,
            parent_id=question.id,
            role="assistant",
            status="streaming",
            citations=None if conversation.is_grounded else [],
        )
        chats.add(answer)
        conversation.message_count += 1
        conversation.leaf_id = answer.id
        conversation.updated_at = utc_now()
        await chats.flush()
        return Ask(
            conversation_id=conversation.id,
            answer_id=answer.id,
            before_id=question.parent_id,
            question=question.content,
            actor=self._actor,
            model=name_of(conversation.provider, conversation.model),
            system_prompt=conversation.system_prompt,
            is_grounded=conversation.is_grounded,
            includes_drafts=conversation.includes_drafts,
            has_title=bool(conversation.title),
        )


async def _quiet(chats: ChatRepository, conversation: Conversation) -> Conversation:
    """Nothing is written in it: what a dead process left is ended here. Raises AnswerRuns."""
    running = await chats.streaming(conversation.id)
    if running is not None:
        if running.alive_at >= utc_now() - SILENT:
            raise AnswerRuns
        cut(running)
        await chats.flush()
    return conversation


async def _room_beside(chats: ChatRepository, conversation: Conversation, parent_id: UUID | None) -> None:
    if await chats.siblings(parent_id, conversation.id) >= MOST_SIBLINGS:
        raise CannotBranch(f"There are {MOST_SIBLINGS} versions of this already. Go on from one of them.")
