"""Use cases that change articles. Reading is in `reading.py`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.history.repository import RevisionRepository, Saved
from stoa.modules.content.articles.queries import former_path
from stoa.modules.content.articles.repository import ArticleRepository
from stoa.modules.content.articles.schemas import ArticleDraft, ArticleOutline, EditableArticle, SavedArticle, WentOut
from stoa.modules.content.search.schemas import SearchEntry, reach_of
from stoa.modules.content.search.service import SearchService
from stoa.modules.content.tags.service import TagService
from stoa.shared.changes import announce_change
from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id
from stoa.shared.slugs import numbered, stems

SAME_SITTING: Final = timedelta(minutes=30)


class ArticleService:
    """The caller's unit of work commits what is done here."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._articles = ArticleRepository(session)
        self._tags = TagService(session)
        self._search = SearchService(session)
        self._revisions = RevisionRepository(session)

    async def save_many(self, drafts: Sequence[ArticleDraft], *, learn_words: bool = True) -> list[SavedArticle]:
        """Make or replace these articles with tags, redirects, revisions and search entries, all or none.

        A new article whose slug is taken gets a numbered one; a replaced article with another slug keeps its old
        address as a redirect. `learn_words` is as for `SearchService.index`. Raises ArticleNotFound when an article to
        replace is gone.
        """
        if not drafts:
            return []
        saved = await self._store(drafts)
        await self._link_tags(drafts, saved)
        await self._keep_addresses(drafts, saved)
        entries = [_search_entry(*one) for one in zip(drafts, saved, strict=True)]
        await self._search.index(entries, learn_words=learn_words)
        await self._keep_revisions(drafts, saved)
        await announce_change(self._session)
        return saved

    async def publish_due(self, now: datetime, *, limit: int) -> list[WentOut]:
        """Publish up to `limit` scheduled articles whose time has come; one that somebody is changing waits."""
        out = await self._articles.publish_due(now, limit=limit)
        if out:
            await self._tags.count_again(await self._articles.mark_links([article.id for article in out]))
            await self._search.show(
                [(article.id, reach_of("published", article.visibility), article.published_at) for article in out]
            )
            await announce_change(self._session)
        return out

    async def put_in_bin(self, article_id: UUID) -> None:
        """Withdraw the article from everybody; its addresses stay its own."""
        await self._articles.put_in_bin(article_id, utc_now())
        await self._tags.count_again(await self._articles.mark_links([article_id]))
        await self._search.remove([article_id])
        await announce_change(self._session)

    async def title_of(self, article_id: UUID) -> str | None:
        """None when it is gone for good; one in the bin has its title still."""
        return await self._articles.title_of(article_id)

    async def outline(self, article_id: UUID) -> ArticleOutline | None:
        """What others are told of it; None when it is gone for good."""
        return await self._articles.outline(article_id)

    async def empty_bin(self, before: datetime) -> None:
        """Delete for good what was put in the bin before that time."""
        await self._articles.empty_bin(before)

    async def take_from_bin(self, article_id: UUID) -> None:
        """Have the article there again; to be followed by `save_many`, which makes it findable."""
        await self._articles.take_from_bin(article_id)

    async def lock(self, article_id: UUID) -> int | None:
        """The version of the article, in the bin or not; its row stays locked until the commit."""
        return await self._articles.lock(article_id)

    async def editable(self, article_id: UUID) -> EditableArticle:
        """The article as this unit of work sees it."""
        return await self._articles.editable(article_id)

    async def versions(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """The versions of those of these articles that are there; their rows stay locked until the commit."""
        return {article_id: version for article_id, (_, version) in (await self._articles.states(ids)).items()}

    async def count(self) -> int:
        """How many articles there are, in any state."""
        return await self._articles.count()

    async def unique_slugs(self, wanted: Sequence[str], owners: Sequence[UUID | None] = ()) -> list[str]:
        """A free slug for each wanted one: itself, or with the next free number behind.

        What an article of `owners` was called once is free for that article.
        """
        bases = {stem for slug in wanted for stem in stems(slug)}
        taken: dict[str, UUID | None] = dict(await self._articles.slugs_like(bases)) if wanted else {}
        chosen = []
        for base, owner in zip_longest(wanted, owners):
            number = 1
            while numbered(base, number) in taken and (owner is None or taken[numbered(base, number)] != owner):
                number += 1
            chosen.append(numbered(base, number))
            taken[chosen[-1]] = None
        return chosen

    async def _store(self, drafts: Sequence[ArticleDraft]) -> list[SavedArticle]:
        before = await self._articles.states([draft.id for draft in drafts if draft.id])
        slugs = await self._slugs(drafts, before)
        saved = []
        new_rows = []
        for draft, slug in zip(drafts, slugs, strict=True):
            if draft.id is None:
                new_rows.append(
                    {
                        "id": new_id(),
                        "slug": slug,
                        **_columns(draft),
                        "created_at": draft.created_at or draft.updated_at,
                    }
                )
                saved.append(SavedArticle(new_rows[-1]["id"], slug, 1))
                continue
            if draft.id not in before:
                raise ArticleNotFound(draft.slug)
            await self._articles.update(draft.id, {"slug": slug, **_columns(draft)})
            saved.append(SavedArticle(draft.id, slug, before[draft.id][1] + 1))
            await self._move_address(before[draft.id][0], slug, draft.id)
        if new_rows:
            await self._articles.insert(new_rows)
        return saved

    async def _keep_revisions(self, drafts: Sequence[ArticleDraft], saved: Sequence[SavedArticle]) -> None:
        """An autosave soon after another one by the same person takes its place."""
        for draft, article in zip(drafts, saved, strict=True):
            if draft.act == "autosaved" and draft.saved_by is not None:
                soon = utc_now() - SAME_SITTING
                await self._revisions.forget_autosave(article.id, draft.saved_by, after=soon)
        await self._revisions.keep(
            [Saved(article.id, draft.act, draft.saved_by) for draft, article in zip(drafts, saved, strict=True)]
        )

    async def _slugs(self, drafts: Sequence[ArticleDraft], before: dict[UUID, tuple[str, int]]) -> list[str]:
        present = {id_: slug for id_, (slug, _) in before.items()}
        wants = [draft.id is None or present.get(draft.id) != draft.slug for draft in drafts]
        wanting = [draft for draft, wanted in zip(drafts, wants, strict=True) if wanted]
        free = iter(await self.unique_slugs([d.slug for d in wanting], [d.id for d in wanting]))
        return [next(free) if wanted else draft.slug for draft, wanted in zip(drafts, wants, strict=True)]

    async def _move_address(self, old_slug: str, new_slug: str, article_id: UUID) -> None:
        if old_slug != new_slug:
            await self._articles.forget_redirects([_path(new_slug)])
            await self._articles.keep_redirects({_path(old_slug): article_id})

    async def _link_tags(self, drafts: Sequence[ArticleDraft], saved: Sequence[SavedArticle]) -> None:
        tags = await self._tags.ensure({name for draft in drafts for name in draft.tags or ()})
        changed: set[UUID] = set()
        for draft, article in zip(drafts, saved, strict=True):
            if draft.tags is not None:
                changed |= await self._tags.set_article_tags(article.id, {tags[name].id for name in draft.tags})
        changed |= await self._articles.mark_links([article.id for article in saved])
        await self._tags.count_again(changed)

    async def _keep_addresses(self, drafts: Sequence[ArticleDraft], saved: Sequence[SavedArticle]) -> None:
        paths = {
            former_path(path): article.id
            for draft, article in zip(drafts, saved, strict=True)
            for path in draft.redirects_from
            if former_path(path) != _path(article.slug)
        }
        if paths:
            await self._articles.keep_redirects(paths)


def _search_entry(draft: ArticleDraft, saved: SavedArticle) -> SearchEntry:
    return SearchEntry(
        article_id=saved.id,
        title=draft.title,
        text=draft.rendered.text,
        language=draft.language,
        author_id=draft.author_id,
        published_at=draft.published_at,
        reach=reach_of(draft.status, draft.visibility),
    )


def _path(slug: str) -> str:
    return f"/articles/{slug}"


def _columns(draft: ArticleDraft) -> dict[str, Any]:
    made = draft.rendered
    return {
        "title": draft.title,
        "body": draft.body,
        "html": made.html,
        "toc": [{"level": entry.level, "id": entry.id, "text": entry.text} for entry in made.toc],
        "excerpt": draft.excerpt if draft.excerpt is not None else made.excerpt,
        "reading_minutes": made.reading_minutes,
        "summary": draft.summary,
        "cover_url": draft.cover_url,
        "cover_alt": draft.cover_alt,
        "author_id": draft.author_id,
        "kind": draft.kind,
        "has_comments": draft.has_comments,
        "status": draft.status,
        "visibility": draft.visibility,
        "language": draft.language,
        "canonical_url": draft.canonical_url,
        "meta_title": draft.meta_title,
        "meta_description": draft.meta_description,
        "publish_at": draft.publish_at,
        "published_at": draft.published_at,
        "updated_at": draft.updated_at,
    }
