"""The writing SQL of articles."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Text,
    and_,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from stoa.modules.content.articles import queries
from stoa.modules.content.articles.models import Article, ArticleRedirect
from stoa.modules.content.articles.queries import LISTED
from stoa.modules.content.articles.reading import editable_of
from stoa.modules.content.articles.schemas import ArticleOutline, EditableArticle, WentOut
from stoa.modules.content.tags.models import ArticleTag

_PREFIX = "/articles/"


class ArticleRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def slugs_like(self, bases: Iterable[str]) -> dict[str, UUID]:
        """Every slug, present or former, that is one of `bases` or one of them with a number; with its article."""
        base = func.unnest(cast(sorted(set(bases)), ARRAY(Text()))).column_valued("base")
        former = await self._session.execute(
            select(ArticleRedirect.path, ArticleRedirect.article_id).where(
                _numbered(ArticleRedirect.path, func.concat(_PREFIX, base))
            )
        )
        present = await self._session.execute(select(Article.slug, Article.id).where(_numbered(Article.slug, base)))
        owners = {row.path.removeprefix(_PREFIX): row.article_id for row in former}
        return owners | {row.slug: row.id for row in present}

    async def states(self, ids: Iterable[UUID]) -> dict[UUID, tuple[str, int]]:
        """Slug and version of these articles, whose rows stay locked, in id order."""
        rows = await self._session.execute(
            select(Article.id, Article.slug, Article.version)
            .where(Article.id.in_(list(ids)), Article.deleted_at.is_(None))
            .order_by(Article.id)
            .with_for_update()
        )
        return {row.id: (row.slug, row.version) for row in rows}

    async def lock(self, article_id: UUID) -> int | None:
        """The version of the article, in the bin or not; its row stays locked until the commit."""
        statement = select(Article.version).where(Article.id == article_id).with_for_update()
        return await self._session.scalar(statement)

    async def editable(self, article_id: UUID) -> EditableArticle:
        """The article as it is in this transaction."""
        row = (await self._session.execute(queries.editable(Article.id == article_id))).one()
        return editable_of(*row)

    async def publish_due(self, now: datetime, *, limit: int) -> list[WentOut]:
        """Publish up to `limit` scheduled articles whose time has come, but those that somebody holds."""
        due = await self._session.scalars(
            select(Article.id)
            .where(Article.status == "scheduled", Article.deleted_at.is_(None), Article.publish_at <= now)
            .order_by(Article.publish_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if not (ids := list(due)):
            return []
        out = await self._session.execute(
            update(Article)
            .where(Article.id.in_(ids))
            .values(
                status="published",
                published_at=Article.publish_at,
                publish_at=None,
                updated_at=now,
                version=Article.version + 1,
            )
            .returning(Article.id, Article.author_id, Article.version, Article.visibility, Article.published_at)
            .execution_options(synchronize_session=False)
        )
        return [WentOut(*row) for row in out]  # type: ignore[arg-type] # columns wider than what is published

    async def put_in_bin(self, article_id: UUID, now: datetime) -> None:
        await self.update(article_id, {"deleted_at": now, "updated_at": now, "publish_at": None})

    async def take_from_bin(self, article_id: UUID) -> None:
        await self._session.execute(update(Article).where(Article.id == article_id).values(deleted_at=None))

    async def insert(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._session.execute(insert(Article), rows)

    async def update(self, article_id: UUID, values: dict[str, Any]) -> None:
        await self._session.execute(
            update(Article).where(Article.id == article_id).values(**values, version=Article.version + 1)
        )

    async def keep_redirects(self, paths: dict[str, UUID]) -> None:
        """Let each path lead to its article; one that leads somewhere already is left alone."""
        rows = [{"path": path, "article_id": article_id} for path, article_id in sorted(paths.items())]
        await self._session.execute(insert(ArticleRedirect).on_conflict_do_nothing(), rows)

    async def forget_redirects(self, paths: Iterable[str]) -> None:
        await self._session.execute(delete(ArticleRedirect).where(ArticleRedirect.path.in_(list(paths))))

    async def mark_links(self, ids: Iterable[UUID]) -> set[UUID]:
        """Repeat on the tag links what the articles say; answers the tags concerned."""
        wanted = list(ids)
        is_public = select(LISTED).where(Article.id == ArticleTag.article_id).scalar_subquery()
        published_at = select(Article.published_at).where(Article.id == ArticleTag.article_id).scalar_subquery()
        changed = await self._session.scalars(
            update(ArticleTag)
            .where(ArticleTag.article_id.in_(wanted))
            .where(
                tuple_(ArticleTag.is_public, ArticleTag.published_at).is_distinct_from(tuple_(is_public, published_at))
            )
            .values(is_public=is_public, published_at=published_at)
            .returning(ArticleTag.tag_id)
            .execution_options(synchronize_session=False)
        )
        return set(changed)

    async def delete_unpublished(self, author_id: UUID) -> None:
        """Delete for good what this author has that is not public, in the bin or not."""
        await self._session.execute(
            delete(Article)
            .where(Article.author_id == author_id, or_(Article.status != "published", Article.deleted_at.is_not(None)))
            .execution_options(synchronize_session=False)
        )

    async def title_of(self, article_id: UUID) -> str | None:
        return await self._session.scalar(select(Article.title).where(Article.id == article_id))

    async def outline(self, article_id: UUID) -> ArticleOutline | None:
        is_listed = literal_column(f"({LISTED.text})", Boolean())
        statement = select(Article.id, Article.author_id, Article.slug, Article.title, is_listed)
        row = (await self._session.execute(statement.where(Article.id == article_id))).one_or_none()
        return ArticleOutline(*row) if row else None

    async def empty_bin(self, before: datetime) -> None:
        await self._session.execute(
            delete(Article).where(Article.deleted_at < before).execution_options(synchronize_session=False)
        )

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(Article)) or 0


def _numbered(column: InstrumentedAttribute[str], base: ColumnElement[str]) -> ColumnElement[bool]:
    """`base`, or `base-` and a digit: two walks of the index, since ":" follows "9" in the column's order."""
    low, high = func.concat(base, literal_column("'-0'")), func.concat(base, literal_column("'-:'"))
    return or_(column == base, and_(column >= low, column < high))
