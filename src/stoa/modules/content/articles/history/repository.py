"""The writing SQL of revisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, delete, func, select, text, update
from sqlalchemy import Uuid as UuidType
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import Article, ArticleRevision

# From the articles' own rows, so that a revision is what was written and no text is sent twice. One that says what the
# last one said is left out, unless it was restored: that is worth knowing by itself.
_KEEP = text("""
INSERT INTO article_revisions (
  article_id, number, act, version, slug, title, body, excerpt, summary, tags, cover_url, cover_alt, language,
  visibility, canonical_url, meta_title, meta_description, saved_by
)
SELECT a.id, coalesce(last.number, 0) + 1, entry.act, a.version, a.slug, a.title, a.body, a.excerpt, a.summary,
  carried.tags, a.cover_url, a.cover_alt, a.language, a.visibility, a.canonical_url, a.meta_title, a.meta_description,
  entry.saved_by
FROM unnest(:ids, :acts, :people) AS entry(id, act, saved_by)
JOIN articles AS a ON a.id = entry.id
CROSS JOIN LATERAL (
  SELECT ARRAY(
    SELECT tags.name FROM article_tags JOIN tags ON tags.id = article_tags.tag_id
    WHERE article_tags.article_id = a.id AND tags.deleted_at IS NULL ORDER BY tags.slug
  ) AS tags
) AS carried
LEFT JOIN LATERAL (
  SELECT * FROM article_revisions WHERE article_id = a.id ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE entry.act = 'restored' OR (
    a.slug, a.title, a.body, a.excerpt, a.summary, carried.tags, a.cover_url, a.cover_alt, a.language, a.visibility,
    a.canonical_url, a.meta_title, a.meta_description
  ) IS DISTINCT FROM (
    last.slug, last.title, last.body, last.excerpt, last.summary, last.tags, last.cover_url, last.cover_alt,
    last.language, last.visibility, last.canonical_url, last.meta_title, last.meta_description
  )
""").bindparams(
    bindparam("ids", type_=ARRAY(UuidType())),
    bindparam("acts", type_=ARRAY(Text())),
    bindparam("people", type_=ARRAY(UuidType())),
)


@dataclass(frozen=True, slots=True)
class Saved:
    """That an article was saved, how and by whom."""

    article_id: UUID
    act: str
    by: UUID | None


class RevisionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, saved: Sequence[Saved]) -> None:
        """A revision of each article as its row and tags are now. The rows must be locked or new."""
        values = {
            "ids": [one.article_id for one in saved],
            "acts": [one.act for one in saved],
            "people": [one.by for one in saved],
        }
        await self._session.execute(_KEEP, values)

    async def forget_autosave(self, article_id: UUID, saved_by: UUID, *, after: datetime) -> None:
        """Delete the article's last revision if it is an autosave of that person after that time."""
        numbers = select(func.max(ArticleRevision.number)).where(ArticleRevision.article_id == article_id)
        await self._session.execute(
            delete(ArticleRevision)
            .where(ArticleRevision.article_id == article_id, ArticleRevision.number == numbers.scalar_subquery())
            .where(ArticleRevision.act == "autosaved", ArticleRevision.saved_by == saved_by)
            .where(ArticleRevision.saved_at > after)
            .execution_options(synchronize_session=False)
        )

    async def erase(self, person: UUID) -> None:
        """Delete what this person wrote before the texts that stay, and take the name from the rest."""
        later = ArticleRevision.__table__.alias("later")
        newest = select(func.max(later.c.number)).where(later.c.article_id == ArticleRevision.article_id)
        own = select(Article.id).where(Article.author_id == person)
        statements = (
            delete(ArticleRevision).where(
                ArticleRevision.article_id.in_(own), ArticleRevision.number < newest.scalar_subquery()
            ),
            update(ArticleRevision).where(ArticleRevision.saved_by == person).values(saved_by=None),
        )
        for statement in statements:
            await self._session.execute(statement.execution_options(synchronize_session=False))
