"""Use cases of tags: find, make, rename, merge, delete and restore. Knows nothing of articles but their links."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.content.tags import queries
from stoa.modules.content.tags.errors import CannotMerge, TagExists, TagIsMerged, TagNotFound
from stoa.modules.content.tags.events import TagMerged
from stoa.modules.content.tags.models import Tag
from stoa.modules.content.tags.repository import TagRepository
from stoa.modules.content.tags.schemas import TagChange, TagIn, TagOut, TagQuery, TagRef
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.errors import Moved
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.queries import containing
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug


class TagReads:
    """What everybody may read of tags, as JSON made by the database."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: TagQuery) -> Slice:
        """One page of living tags. Raises MalformedInput for a cursor of another list."""
        order = queries.order_of(query)
        kind = f"tags.{query.sort}.{order}"
        values: dict[str, object] = {}
        if query.cursor:
            key_type = str if query.sort == "name" else int
            values["key"], values["slug"] = decode_cursor(query.cursor, kind, key_type, str)
        if query.search:
            values["pattern"] = containing(query.search)
        statement = queries.page(
            query.sort, order, query.limit, query.skip, after=bool(query.cursor), search=bool(query.search)
        )
        rows = await self._reads.fetch(statement, **values)
        total = None
        if query.count:
            total = await self._reads.fetch_value(queries.total(search=bool(query.search)), **values)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(kind, rows[-1]["key"], rows[-1]["slug"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def one(self, slug: str) -> str:
        """A tag as JSON. Raises Moved for a former slug, else TagNotFound."""
        found: str | None = await self._reads.fetch_value(queries.ONE, slug=slug)
        if found is not None:
            return found
        moved: str | None = await self._reads.fetch_value(queries.REDIRECT, slug=slug)
        raise Moved(moved) if moved else TagNotFound(slug)

    async def carried(self, slug: str) -> int:
        """How many articles carry the tag, out or not."""
        found: int = await self._reads.fetch_value(queries.CARRIED, slug=slug)
        return found

    async def bin(self, *, limit: int) -> list[str]:
        """The tags in the bin as JSON, deleted last first."""
        return [row[0] for row in await self._reads.fetch(queries.BIN, limit=limit)]


class TagService:
    """What changes tags; the caller's unit of work commits it.

    A tag is nobody's own: whoever renames, merges, deletes or restores one leaves a line in the audit log.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._tags = TagRepository(session)

    async def create(self, new: TagIn) -> TagOut:
        """A new tag. Raises TagExists when its slug is taken."""
        tag = Tag(slug=new.slug or make_slug(new.name, fallback="tag"), name=new.name, article_count=0)
        if await self._tags.by_slug(tag.slug):
            raise TagExists(tag.slug)
        self._tags.add(tag)
        await self._store(tag)
        await self._tags.forget_redirect(tag.slug)
        return _out(tag)

    async def change(self, slug: str, change: TagChange, actor: Actor) -> TagOut:
        """Rename; a changed slug goes on leading to the tag. Raises TagNotFound, TagExists."""
        tag = await self._living(slug)
        before = tag.name, tag.slug
        tag.name = change.name or tag.name
        if change.slug and change.slug != tag.slug:
            if await self._tags.by_slug(change.slug):
                raise TagExists(change.slug)
            former, tag.slug = tag.slug, change.slug
            await self._store(tag)
            await self._tags.forget_redirect(tag.slug)
            await self._tags.keep_redirect(former, tag.id)
        await self._store(tag)
        if (tag.name, tag.slug) != before:
            await self._record("tag.changed", tag, actor)
        return _out(tag)

    async def delete(self, slug: str, actor: Actor) -> None:
        """Put a tag in the bin; `restore` brings it back with its articles. Raises TagNotFound."""
        tag = await self._living(slug)
        tag.deleted_at = utc_now()
        await self._store(tag)
        await self._record("tag.deleted", tag, actor)

    async def restore(self, slug: str, actor: Actor) -> TagOut:
        """Bring a deleted tag back, with its articles.

        Raises TagNotFound, TagExists when its slug was given away since, TagIsMerged when another has its articles.
        """
        tag = await self._tags.by_slug(slug, deleted=True)
        if tag is None:
            raise TagNotFound(slug)
        if await self._tags.by_slug(slug):
            raise TagExists(slug)
        if into := await self._tags.merged_into(tag):
            raise TagIsMerged(slug, into)
        tag.deleted_at = None
        await self._store(tag)
        await self._tags.forget_redirect(tag.slug)
        await self._tags.count_again([tag.id])
        await self._session.refresh(tag)
        await self._record("tag.restored", tag, actor)
        return _out(tag)

    async def merge(self, slug: str, into: str, actor: Actor) -> TagOut:
        """Move all articles of one tag to another, and its address. Raises CannotMerge, TagNotFound."""
        found = {tag.slug: tag for tag in await self._tags.by_slugs([slug, into])}
        for wanted in (slug, into):
            if wanted not in found:
                raise TagNotFound(wanted)
        if slug == into:
            raise CannotMerge(f"'{slug}' cannot be merged into itself. Name another tag in `into`.")
        source, target = found[slug], found[into]
        await self._tags.move_links(source.id, target.id)
        source.deleted_at = utc_now()
        await self._store(source)
        await self._tags.move_redirects(source.id, target.id)
        await self._tags.keep_redirect(source.slug, target.id)
        await self._tags.count_again([source.id, target.id])
        await publish(self._session, TagMerged(tag_id=source.id, into_id=target.id))
        await self._session.refresh(target)
        await self._record("tag.merged", source, actor, into=str(target.id))
        return _out(target)

    async def known(self, slug: str) -> TagRef:
        """The living tag of that slug, or that was called so once. Raises TagNotFound."""
        present = await self._tags.by_slugs([slug])
        if not present:
            raise TagNotFound(slug)
        tag = next((one for one in present if one.slug == slug), present[0])
        return TagRef(tag.id, tag.slug, tag.name)

    async def of_article(self, article_id: UUID) -> list[UUID]:
        """The ids of the living tags that the article carries."""
        return await self._tags.of_article(article_id)

    async def ensure(self, names: Iterable[str]) -> dict[str, TagRef]:
        """The tag of each name, made where there is none. Names that make one slug are one tag."""
        slugs = {name: make_slug(name, fallback="tag") for name in names}
        if not slugs:
            return {}
        redirected = await self._tags.redirects(slugs.values())
        present = await self._tags.by_slugs(slugs.values())
        known = {tag.slug for tag in present} | set(redirected)
        missing = {slug: name for name, slug in slugs.items() if slug not in known}
        if missing:
            await self._tags.add_missing(missing)
            present = await self._tags.by_slugs(slugs.values())
        by_slug = {tag.slug: TagRef(tag.id, tag.slug, tag.name) for tag in present}
        by_id = {ref.id: ref for ref in by_slug.values()}
        return {name: by_slug.get(slug) or by_id[redirected[slug]] for name, slug in slugs.items()}

    async def present(self, slugs: Iterable[str]) -> set[str]:
        """Those of these slugs that lead to a living tag, which may have another one by now."""
        wanted = set(slugs)
        living = await self._tags.by_slugs(wanted)
        ids, slugs_of_living = {tag.id for tag in living}, {tag.slug for tag in living}
        former = {slug for slug, tag_id in (await self._tags.redirects(wanted)).items() if tag_id in ids}
        return (slugs_of_living | former) & wanted

    async def add(self, names: Mapping[str, str], *, former: Mapping[str, str]) -> None:
        """Make tags by slug, where there is none; `former` slugs lead to theirs unless they lead somewhere already."""
        if not names:
            return
        await self._tags.add_missing(dict(names))
        tags = {tag.slug: tag.id for tag in await self._tags.by_slugs(names)}
        taken = await self.present(former)
        for slug, present_slug in former.items():
            if slug not in taken and present_slug in tags:
                await self._tags.keep_redirect(slug, tags[present_slug])
        await announce_change(self._session)

    async def set_article_tags(self, article_id: UUID, tag_ids: Iterable[UUID]) -> set[UUID]:
        """Set the tags of an article; answers the tags whose counters are to be made again."""
        return await self._tags.replace_links(article_id, tag_ids)

    async def count_again(self, tag_ids: Iterable[UUID]) -> None:
        """Make the counters of these tags right."""
        await self._tags.count_again(tag_ids)

    async def empty_bin(self, before: datetime) -> None:
        """Delete for good the tags that were deleted before that time."""
        await self._tags.empty_bin(before)

    async def _record(self, action: str, tag: Tag, actor: Actor, **details: str) -> None:
        await AuditService(self._session).record(
            action, actor=actor, subject_type="tag", subject_id=tag.id, details=details
        )

    async def _living(self, slug: str) -> Tag:
        tag = await self._tags.by_slug(slug)
        if tag is None:
            raise TagNotFound(slug)
        return tag

    async def _store(self, tag: Tag) -> None:
        slug = tag.slug
        try:
            await self._tags.flush()
        except IntegrityError:  # another request took the slug a moment ago
            raise TagExists(slug) from None
        await announce_change(self._session)


def _out(tag: Tag) -> TagOut:
    return TagOut(slug=tag.slug, name=tag.name, article_count=tag.article_count)
