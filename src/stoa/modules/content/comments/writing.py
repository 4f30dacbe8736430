"""Writing comments from outside: how often, rendered before any transaction, then saved in one."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.comments.policy import Mode
from stoa.modules.content.comments.schemas import CommentIn, SavedComment
from stoa.modules.content.comments.service import CommentService
from stoa.shared.database import Database
from stoa.shared.errors import TooManyRequests
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.security import Actor
from stoa.shared.throttle import Throttle

A_MINUTE: Final = 10


class CommentWriting:
    def __init__(
        self, database: Database, markdown: MarkdownPool, throttle: Throttle, *, mode: Mode, most_links: int
    ) -> None:
        self._database = database
        self._markdown = markdown
        self._throttle = throttle
        self._mode = mode
        self._most_links = most_links

    async def create(self, actor: Actor, slug: str, new: CommentIn) -> SavedComment:
        """As CommentService.create; raises TooManyRequests for more than ten texts a minute."""
        await self._pace(actor)
        rendered = await self._markdown.render(new.body, COMMENT)

        async def save(session: AsyncSession) -> SavedComment:
            return await self._service(session).create(actor, slug, new, rendered)

        return await self._database.transact(save)

    async def change(self, actor: Actor, comment_id: UUID, versions: IfMatch, body: str) -> SavedComment:
        """As CommentService.change; raises TooManyRequests for more than ten texts a minute."""
        await self._pace(actor)
        rendered = await self._markdown.render(body, COMMENT)

        async def save(session: AsyncSession) -> SavedComment:
            return await self._service(session).change(actor, comment_id, versions, body, rendered)

        return await self._database.transact(save)

    def _service(self, session: AsyncSession) -> CommentService:
        return CommentService(session, mode=self._mode, most_links=self._most_links)

    async def _pace(self, actor: Actor) -> None:
        wait = await self._throttle.take("comment", str(actor.user_id), limit=A_MINUTE, seconds=60)
        if wait:
            raise TooManyRequests(
                f"You wrote {A_MINUTE} comments within a minute. Try again in {wait} seconds.", retry_after=wait
            )
