"""The writing SQL of tags."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.tags.models import ArticleTag, Tag, TagRedirect
from stoa.shared.clock import utc_now


class TagRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_slug(self, slug: str, *, deleted: bool = False) -> Tag | None:
        """The living tag of that slug, locked; or the one deleted last."""
        condition = Tag.deleted_at.is_not(None) if deleted else Tag.deleted_at.is_(None)
        statement = select(Tag).where(Tag.slug == slug, condition).order_by(Tag.deleted_at.desc()).limit(1)
        return (await self._session.scalars(statement.with_for_update())).one_or_none()

    async def by_slugs(self, slugs: Iterable[str]) -> Sequence[Tag]:
        """The living tags of those slugs and of those former slugs, locked in id order."""
        wanted = list(slugs)
        former = select(TagRedirect.tag_id).where(TagRedirect.slug.in_(wanted))
        statement = select(Tag).where((Tag.slug.in_(wanted)) | (Tag.id.in_(former)), Tag.deleted_at.is_(None))
        return (await self._session.scalars(statement.order_by(Tag.id).with_for_update())).all()

    async def redirects(self, slugs: Iterable[str]) -> dict[str, UUID]:
        rows = await self._session.execute(
            select(TagRedirect.slug, TagRedirect.tag_id).where(TagRedirect.slug.in_(list(slugs)))
        )
        return {row.slug: row.tag_id for row in rows}

    async def merged_into(self, tag: Tag) -> str | None:
        """The slug of the tag that got the articles and the address of this one, if it was merged."""
        leads_to = select(Tag.slug).join(TagRedirect, TagRedirect.tag_id == Tag.id).where(TagRedirect.slug == tag.slug)
        has_articles = select(ArticleTag.tag_id).where(ArticleTag.tag_id == tag.id).exists()
        found: str | None = await self._session.scalar(leads_to.where(Tag.id != tag.id, ~has_articles))
        return found

    async def of_article(self, article_id: UUID) -> list[UUID]:
        carried = select(ArticleTag.tag_id).join(Tag, Tag.id == ArticleTag.tag_id)
        found = carried.where(ArticleTag.article_id == article_id, Tag.deleted_at.is_(None))
        return list(await self._session.scalars(found.order_by(ArticleTag.tag_id)))

    def add(self, tag: Tag) -> None:
        self._session.add(tag)

    async def flush(self) -> None:
        await self._session.flush()

    async def add_missing(self, names: dict[str, str]) -> None:
        """Insert a tag for each slug that has none; `names` is slug to name."""
        rows = [{"slug": slug, "name": name} for slug, name in sorted(names.items())]
        await self._session.execute(
            insert(Tag).on_conflict_do_nothing(index_elements=[Tag.slug], index_where=Tag.deleted_at.is_(None)),
            rows,
        )

    async def keep_redirect(self, slug: str, tag_id: UUID) -> None:
        statement = insert(TagRedirect).values(slug=slug, tag_id=tag_id)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=[TagRedirect.slug], set_={"tag_id": tag_id})
        )

    async def forget_redirect(self, slug: str) -> None:
        await self._session.execute(delete(TagRedirect).where(TagRedirect.slug == slug))

    async def move_redirects(self, source: UUID, target: UUID) -> None:
        await self._session.execute(update(TagRedirect).where(TagRedirect.tag_id == source).values(tag_id=target))

    async def move_links(self, source: UUID, target: UUID) -> None:
        """Give the target's tag to every article of the source, once."""
        rows = select(ArticleTag.article_id, literal(target), ArticleTag.is_public, ArticleTag.published_at)
        await self._session.execute(
            insert(ArticleTag)
            .from_select(["article_id", "tag_id", "is_public", "published_at"], rows.where(ArticleTag.tag_id == source))
            .on_conflict_do_nothing()
        )
        await self._session.execute(delete(ArticleTag).where(ArticleTag.tag_id == source))

    async def replace_links(self, article_id: UUID, tag_ids: Iterable[UUID]) -> set[UUID]:
        """Set an article's tags; answers the tags that gained or lost it. New links are not public yet."""
        wanted = set(tag_ids)
        rows = await self._session.scalars(select(ArticleTag.tag_id).where(ArticleTag.article_id == article_id))
        present = set(rows)
        if gone := present - wanted:
            await self._session.execute(
                delete(ArticleTag).where(ArticleTag.article_id == article_id, ArticleTag.tag_id.in_(gone))
            )
        if new := wanted - present:
            await self._session.execute(
                insert(ArticleTag), [{"article_id": article_id, "tag_id": tag_id} for tag_id in sorted(new)]
            )
        return gone | new

    async def empty_bin(self, before: datetime) -> None:
        await self._session.execute(
            delete(Tag).where(Tag.deleted_at < before).execution_options(synchronize_session=False)
        )

    async def count_again(self, tag_ids: Iterable[UUID]) -> None:
        """Set the counters of these tags from their links; the lock comes first, so that the count misses none."""
        ids = sorted(set(tag_ids))
        if not ids:
            return
        await self._session.execute(select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id).with_for_update())
        counted = (
            select(func.count())
            .select_from(ArticleTag)
            .where(ArticleTag.tag_id == Tag.id, ArticleTag.is_public)
            .scalar_subquery()
        )
        await self._session.execute(
            update(Tag)
            .where(Tag.id.in_(ids))
            .values(article_count=counted, updated_at=utc_now())
            .execution_options(synchronize_session=False)
        )
