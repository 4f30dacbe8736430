"""The writing SQL of passages."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, bindparam, delete, false, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.models import Article
from stoa.modules.content.passages.cutting import Cut
from stoa.modules.content.passages.models import PassageRow, PassageSet
from stoa.modules.content.search.languages import configuration
from stoa.modules.content.search.text import prepare

_ADD = text(
    """
    INSERT INTO passages (article_id, number, heading, anchor, text, config, vector)
    SELECT :article_id, entry.number, entry.heading, entry.anchor, entry.text, parser::text,
      setweight(to_tsvector(parser, CAST(:title AS text)), 'A')
      || setweight(to_tsvector(parser, entry.prepared_heading), 'B') || to_tsvector(parser, entry.prepared)
    FROM unnest(:headings, :anchors, :texts, :prepared_headings, :prepared) WITH ORDINALITY
      AS entry (heading, anchor, text, prepared_heading, prepared, number)
    CROSS JOIN (SELECT CAST(CAST(:config AS text) AS regconfig) AS parser) AS chosen
    """
).bindparams(
    *(bindparam(name, type_=ARRAY(Text()))
      for name in ("headings", "anchors", "texts", "prepared_headings", "prepared"))
)  # fmt: skip
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 8452))")
_STALE = text(
    """
    SELECT a.id FROM articles a LEFT JOIN passage_sets s ON s.article_id = a.id
    WHERE a.deleted_at IS NULL AND (s.version IS DISTINCT FROM a.version OR s.summary IS NULL)
    ORDER BY a.published_at DESC NULLS LAST LIMIT :most
    """
)
_WITHOUT_VECTOR = text(
    """
    SELECT p.id, concat_ws(E'\\n', a.title, nullif(p.heading, ''), p.text) AS text
    FROM passages p JOIN articles a ON a.id = p.article_id
    WHERE p.id > :after AND NOT EXISTS (SELECT FROM passage_vectors v WHERE v.passage_id = p.id)
    ORDER BY p.id LIMIT :most
    """
)
_KEEP_VECTORS = text(
    """
    INSERT INTO passage_vectors (passage_id, embedding)
    SELECT p.id, CAST(made.embedding AS vector)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:embeddings AS text[])) AS made (id, embedding)
    JOIN passages p ON p.id = made.id
    ON CONFLICT (passage_id) DO NOTHING
    """
)


class Source(NamedTuple):
    """What is cut of an article, where it is not yet."""

    id: UUID
    version: int
    title: str
    body: str
    toc: list[dict[str, Any]]
    language: str
    is_cut: bool
    is_public: bool


class PassageRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def source(self, article_id: UUID) -> Source | None:
        """None for what is in the bin, and where passages and summary are those of this version.

        Whoever cuts the same article at the same time waits until this transaction ends.
        """
        await self._session.execute(_ALONE, {"id": str(article_id)})
        is_cut = func.coalesce(PassageSet.version == Article.version, false())
        found = (
            select(
                Article.id, Article.version, Article.title, Article.body, Article.toc, Article.language, is_cut,
                (Article.status == "published") & (Article.visibility == "public"),
            )
            .outerjoin(PassageSet, PassageSet.article_id == Article.id)
            .where(
                Article.id == article_id, Article.deleted_at.is_(None), ~is_cut | PassageSet.summary.is_(None)
            )
        )  # fmt: skip
        row = (await self._session.execute(found)).one_or_none()
        return Source(*row) if row else None

    async def keep_summary(self, source: Source, summary: str) -> None:
        """With the version that it is of."""
        made = insert(PassageSet).values(article_id=source.id, version=source.version, summary=summary)
        values = {"version": source.version, "summary": summary}
        await self._session.execute(made.on_conflict_do_update(index_elements=["article_id"], set_=values))

    async def replace(self, source: Source, cuts: Sequence[Cut]) -> None:
        await self._session.execute(delete(PassageRow).where(PassageRow.article_id == source.id))
        if cuts:
            values = {
                "article_id": source.id,
                "config": configuration(source.language),
                "title": prepare(source.title),
                "headings": [one.heading for one in cuts],
                "anchors": [one.anchor for one in cuts],
                "texts": [one.text for one in cuts],
                "prepared_headings": [prepare(one.heading) for one in cuts],
                "prepared": [prepare(one.text) for one in cuts],
            }
            await self._session.execute(_ADD, values)

    async def stale(self, most: int) -> list[UUID]:
        """Articles whose passages are of another version, the newest first."""
        return list((await self._session.scalars(_STALE, {"most": most})).all())

    async def has_vectors(self) -> bool:
        found = await self._session.scalar(text("SELECT to_regclass('passage_vectors') IS NOT NULL"))
        return bool(found)

    async def without_vector(self, after: int, most: int) -> list[tuple[int, str]]:
        """Ids and what is embedded of each, in order of their ids, from the one behind `after`."""
        found = await self._session.execute(_WITHOUT_VECTOR, {"after": after, "most": most})
        return [(row.id, row.text) for row in found]

    async def keep_vectors(self, ids: Sequence[int], embeddings: Sequence[str]) -> None:
        """Of those that are still there."""
        await self._session.execute(_KEEP_VECTORS, {"ids": list(ids), "embeddings": list(embeddings)})
