"""What chat knows of a person: all that they asked and were answered."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.chat.exporting import as_json, as_markdown
from stoa.modules.ai.chat.reading import ChatReads
from stoa.modules.ai.chat.repository import ChatRepository
from stoa.shared.database import ReadSession


class ChatsOfPerson:
    """The `PersonalData` of chat."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        """Each conversation as JSON and as Markdown."""
        mine = ChatReads(reads, user_id)
        files: dict[str, bytes] = {}
        for conversation_id in await mine.all():
            conversation, messages = await mine.whole(conversation_id)
            name = f"chats/{conversation['created_at'][:10]}-{conversation_id}"
            files[f"{name}.json"] = as_json(conversation, messages)
            files[f"{name}.md"] = as_markdown(conversation, messages).encode()
        return files

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        await ChatRepository(session).forget(user_id)
