"""Links by which whoever has one reads an article that is not out. Only a hash of each is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.secrets import hash_of, looks_opaque, new_secret
from stoa.modules.content.articles.acting import Acting
from stoa.modules.content.articles.errors import PreviewNotFound, TooManyPreviewLinks
from stoa.modules.content.articles.policy import SHARE, is_own
from stoa.modules.content.articles.previewing import queries
from stoa.modules.content.articles.previewing.repository import PreviewRepository
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.service import ArticleService
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.errors import InvalidInput
from stoa.shared.security import Actor

MOST_LINKS: Final = 20
MOST_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """A new link; its token is told this once."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LivingLink:
    """A link that can be used, without its token, which nobody knows any more."""

    id: UUID
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """An article as its page needs it, and until when this link shows it."""

    json: str
    expires_at: datetime


class PreviewLinks:
    """Making and revoking raise ArticleNotFound and PermissionDenied as for changing the article."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acting = Acting(database)

    async def make(self, actor: Actor, slug: str, days: int) -> PreviewLink:
        """A link for 1 to 30 days. Raises TooManyPreviewLinks."""
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput(f"A preview link lives for 1 to {MOST_DAYS} days.")
        article = await self._acting.seen(actor, slug, SHARE)
        link = PreviewLink(new_secret(), utc_now() + timedelta(days=days))
        await self._database.transact(partial(_keep, actor=actor, article=article, link=link))
        return link

    async def page(self, actor: Actor, slug: str) -> list[LivingLink]:
        """The links of the article that can be used now, at most `MOST_LINKS`."""
        article = await self._acting.seen(actor, slug, SHARE)
        rows = await self._database.reads.fetch(queries.LINKS, article_id=article.id)
        return [LivingLink(**row) for row in rows]

    async def revoke(self, actor: Actor, slug: str) -> None:
        """End all links of the article."""
        article = await self._acting.seen(actor, slug, SHARE)
        await self._database.transact(partial(_revoke, actor=actor, article=article))

    async def shown(self, token: str) -> str:
        """As `ArticleReads.one` for pages, whatever state the article is in. Raises PreviewNotFound."""
        return (await self.preview(token)).json

    async def preview(self, token: str) -> Preview:
        """As `shown`, with the end of the link. Raises PreviewNotFound."""
        if not looks_opaque(token):
            raise PreviewNotFound
        found = await self._database.reads.fetch_row(queries.SHOWN, token_hash=hash_of(token))
        if found is None:
            raise PreviewNotFound
        return Preview(found["item"], found["expires_at"])


async def forget_expired(session: AsyncSession, now: datetime) -> None:
    """Delete the links that ended before `now`."""
    await PreviewRepository(session).forget_expired(now)


async def _keep(session: AsyncSession, *, actor: Actor, article: EditableArticle, link: PreviewLink) -> None:
    links = PreviewRepository(session)
    await ArticleService(session).lock(article.id)
    if await links.count_living(article.id, utc_now()) >= MOST_LINKS:
        raise TooManyPreviewLinks(MOST_LINKS)
    links.add(article.id, hash_of(link.token), actor.id, link.expires_at)
    await _record(session, actor, article, "article.shared")


async def _revoke(session: AsyncSession, *, actor: Actor, article: EditableArticle) -> None:
    if await PreviewRepository(session).forget(article.id):
        await _record(session, actor, article, "article.unshared")


async def _record(session: AsyncSession, actor: Actor, article: EditableArticle, event: str) -> None:
    if not is_own(actor, article):
        await AuditService(session).record(event, actor=actor, subject_type="article", subject_id=article.id)
