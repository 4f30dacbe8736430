"""What an article was before: listed, read, compared and brought back by those who may change it."""

import asyncio
from functools import partial
from typing import Any

from stoa.modules.content.articles import steps
from stoa.modules.content.articles.acting import Acting
from stoa.modules.content.articles.diffing import side_by_side
from stoa.modules.content.articles.drafting import changes_nothing, redrafted
from stoa.modules.content.articles.errors import RevisionNotFound
from stoa.modules.content.articles.history import queries
from stoa.modules.content.articles.policy import EDIT, REVERT
from stoa.modules.content.articles.revised import FieldDifference, RevisionDiff, RevisionHead, RevisionOut
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.steps import Step
from stoa.modules.content.articles.tagging import check_tags
from stoa.modules.content.tags.service import TagReads
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.pagination import PageQuery, Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor

_CURSOR = "revisions"
_BROUGHT_BACK = (
    "title", "body", "summary", "tags", "cover_url", "cover_alt", "canonical_url", "meta_title", "meta_description",
)  # fmt: skip
_COMPARED = (
    "title", "slug", "excerpt", "summary", "tags", "cover_url", "cover_alt", "language", "visibility",
    "canonical_url", "meta_title", "meta_description",
)  # fmt: skip


class Revisions:
    """All raise ArticleNotFound and PermissionDenied as for changing the article, and RevisionNotFound."""

    def __init__(self, database: Database, markdown: MarkdownPool) -> None:
        self._database = database
        self._markdown = markdown
        self._acting = Acting(database)

    async def page(self, actor: Actor, slug: str, query: PageQuery) -> Slice:
        """One page of `RevisionListItem`s, newest first. Raises MalformedInput for a cursor of another list."""
        article = await self._acting.seen(actor, slug, EDIT)
        values: dict[str, Any] = {"article_id": article.id}
        if query.cursor:
            values["last"] = decode_cursor(query.cursor, _CURSOR, int)[0]
        reads = self._database.reads
        rows = await reads.fetch(queries.page(query.limit, query.skip, after=bool(query.cursor)), **values)
        total = await reads.fetch_value(queries.TOTAL, article_id=article.id) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        return Slice([row["item"] for row in rows], encode_cursor(_CURSOR, rows[-1]["number"]) if more else None, total)

    async def one(self, actor: Actor, slug: str, number: int) -> str:
        """A `RevisionOut` as JSON."""
        return await self._json(await self._acting.seen(actor, slug, EDIT), number)

    async def diff(self, actor: Actor, slug: str, before: int, after: int) -> RevisionDiff:
        """What is different in `after`; in either order of time."""
        article = await self._acting.seen(actor, slug, EDIT)
        one, other = await self._whole(article, before), await self._whole(article, after)
        # In a thread, so that others are served meanwhile: two long texts took up to 70 ms.
        rows = await asyncio.to_thread(side_by_side, one.body, other.body)
        return RevisionDiff(
            before=_head(one),
            after=_head(other),
            fields=_differences(one, other),
            rows=None if rows is None else list(rows),
        )

    async def restore(self, actor: Actor, slug: str, number: int, versions: IfMatch | None = None) -> EditableArticle:
        """Write again what was written then; address, status, visibility and language stay those of now.

        Raises StaleArticle too. One that says what the article says changes nothing.
        """
        return await self._acting.carry_out(
            actor, slug, REVERT, versions, partial(self._again, actor=actor, number=number)
        )

    async def _again(self, seen: EditableArticle, *, actor: Actor, number: int) -> Step | None:
        then = await self._whole(seen, number)
        await check_tags(TagReads(self._database.reads), actor, then.tags)
        rendered = await self._markdown.render(then.body)
        given = {name: getattr(then, name) for name in _BROUGHT_BACK}
        if changes_nothing(seen, {**given, "excerpt": then.excerpt}):
            return None
        excerpt = None if then.excerpt == rendered.excerpt else then.excerpt
        kept = {**given, "excerpt": excerpt, "act": "restored", "saved_by": actor.id}
        return steps.saving(redrafted(seen, rendered, now=utc_now(), **kept))

    async def _whole(self, article: EditableArticle, number: int) -> RevisionOut:
        return RevisionOut.model_validate_json(await self._json(article, number))

    async def _json(self, article: EditableArticle, number: int) -> str:
        found: str | None = await self._database.reads.fetch_value(queries.ONE, article_id=article.id, number=number)
        if found is None:
            raise RevisionNotFound(article.slug, number)
        return found


def _head(revision: RevisionOut) -> RevisionHead:
    return RevisionHead(**{name: getattr(revision, name) for name in RevisionHead.model_fields})


def _differences(one: RevisionOut, other: RevisionOut) -> list[FieldDifference]:
    pairs = [(name, getattr(one, name), getattr(other, name)) for name in _COMPARED]
    return [FieldDifference(name=name, before=was, after=now) for name, was, now in pairs if was != now]
