"""Writes prepared articles with their comments and records, in the caller's transaction. Spares what was edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.schemas import ArticleDraft, SavedArticle
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.users.service import UserService

from .choices import Choices
from .commenting import CommentWriter
from .foreword import Known
from .items import Outcome, Row
from .preparing import Entry
from .repository import ImportRepository

_DELETED = "deleted here since the import"
_EDITED = "edited here since the import"


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of an article: its row, and its id where it is there."""

    row: Row
    article_id: UUID | None


class Writer:
    """One batch at one time."""

    def __init__(
        self,
        session: AsyncSession,
        choices: Choices,
        known: Known,
        *,
        job_id: UUID | None,
        slugs: Mapping[str, str],
        now: datetime,
    ) -> None:
        self._articles = ArticleService(session)
        self._users = UserService(session)
        self._imports = ImportRepository(session)
        self._comments = CommentWriter(session, choices, known, job_id=job_id, now=now)
        self._choices = choices
        self._known = known
        self._job_id = job_id
        self._slugs = slugs
        self._now = now
        self._authors: dict[str | None, UUID] = {}

    async def write(self, entries: Sequence[Entry]) -> list[Row]:
        """Write what is new or changed in the source and not changed here; a row for each, comments behind theirs."""
        fates = await self._write_articles(entries)
        rows = []
        for entry in entries:
            fate = fates[entry.outline.key]
            rows.append(fate.row)
            rows += await self._comments.write(entry, fate.article_id, is_failed=fate.row.outcome == "failed")
        return rows

    async def _write_articles(self, entries: Sequence[Entry]) -> dict[str, _Fate]:
        fates = {}
        versions = await self._articles.versions(
            [e.record.article_id for e in entries if e.record and e.record.article_id]
        )
        wanted = []
        for entry in entries:
            if (row := entry.row or self._spared(entry, versions)) is None:
                wanted.append(entry)
                continue
            there = entry.record.article_id if entry.record else None
            fates[entry.outline.key] = _Fate(row, there if there in versions else None)
        if self._choices.is_trial:
            return fates | {e.outline.key: _Fate(self._told(e, self._slugs[e.outline.key]), None) for e in wanted}
        drafts = [await self._draft(entry) for entry in wanted]
        saved = await self._articles.save_many(drafts, learn_words=False)
        pairs = list(zip(wanted, saved, strict=True))
        await self._keep([self._saved(*pair) for pair in pairs])
        return fates | {e.outline.key: _Fate(self._told(e, article.slug), article.id) for e, article in pairs}

    def _spared(self, entry: Entry, versions: Mapping[UUID, int]) -> Row | None:
        """The row of an article that is left as it is: somebody's work here outweighs the source."""
        record = entry.record
        if record is None:
            return None
        if record.article_id is None or record.article_id not in versions:
            reason = _DELETED
        elif versions[record.article_id] != record.version:
            reason = _EDITED
        else:
            return None
        return Row(entry.outline.key, "skipped", reason, slug=record.slug, kind=entry.outline.kind)

    def _told(self, entry: Entry, slug: str) -> Row:
        title = entry.article.title if entry.article else ""
        outcome: Outcome = "updated" if entry.record else "imported"
        return Row(
            entry.outline.key, outcome, title=title, slug=slug, warnings=self._warnings(entry), kind=entry.outline.kind
        )

    async def _draft(self, entry: Entry) -> ArticleDraft:
        article, changed, rendered, record = entry.article, entry.changed, entry.rendered, entry.record
        if article is None or changed is None or rendered is None:
            raise RuntimeError("an article that was not prepared cannot be written")
        date = self._date(entry)
        slug = record.slug if record else self._slugs[entry.outline.key]
        return ArticleDraft(
            id=record.article_id if record else None,
            slug=slug,
            title=article.title,
            body=changed.body,
            rendered=rendered,
            kind=article.kind,
            excerpt=article.excerpt,
            summary=article.summary,
            cover_url=changed.cover_url,
            cover_alt=article.cover_alt,
            author_id=await self._author(article.author),
            **self._state(entry, date),
            updated_at=self._updated_at(entry, date),
            created_at=article.created_at,
            visibility=article.visibility,
            has_comments=article.has_comments,
            language=article.language or self._choices.language,
            canonical_url=article.canonical_url,
            meta_title=article.meta_title,
            meta_description=article.meta_description,
            tags=self._known.tags_of(article.tags),
            redirects_from=[path for path in article.old_paths if path != f"/articles/{slug}"],
            act="imported",
        )

    def _state(self, entry: Entry, date: datetime) -> dict[str, Any]:
        """Status and dates: as the item says them exactly, or from whether it is a draft and when it is of."""
        article = entry.article
        is_draft = self._choices.status == "draft" or (article is not None and article.is_draft)
        if article is not None and article.status and self._choices.status != "draft":
            published_at = article.published_at or (date if article.status == "published" else None)
            return {"status": article.status, "publish_at": article.publish_at, "published_at": published_at}
        is_future = date > self._now
        return {
            "status": "draft" if is_draft else "scheduled" if is_future else "published",
            "publish_at": date if is_future and not is_draft else None,
            "published_at": None if is_draft or is_future else date,
        }

    def _date(self, entry: Entry) -> datetime:
        """As the source says; else as it was at the first import; else the file's time, which may not lie ahead."""
        article, kept = entry.article, entry.record.published_at if entry.record else None
        said = (article.published_at or article.publish_at) if article else None
        return said or kept or min((article.file_time if article else None) or self._now, self._now)

    def _updated_at(self, entry: Entry, date: datetime) -> datetime:
        article = entry.article
        said = article.updated_at if article else None
        if said and article and article.status:
            return min(said, self._now)
        return min(max(said or (self._now if entry.record else date), date), self._now)

    async def _author(self, name: str | None) -> UUID:
        if not self._choices.author and (known := self._known.author_of(name)):
            return known
        wanted = None if self._choices.author else name or self._choices.default_author
        if wanted not in self._authors:
            user = await (
                self._users.ensure_author(wanted) if wanted else self._users.author(self._choices.author or "")
            )
            self._authors[wanted] = user.id
        return self._authors[wanted]

    def _warnings(self, entry: Entry) -> tuple[str, ...]:
        article = entry.article
        date = article.published_at if article and not article.status else None
        ahead = date is not None and date > self._now and article is not None and not article.is_draft
        warnings = entry.changed.warnings if entry.changed else ()
        return (*warnings, f"it goes out on {date:%Y-%m-%d}, the date it has") if ahead else warnings

    def _saved(self, entry: Entry, article: SavedArticle) -> dict[str, Any]:
        return {
            "key": entry.outline.key,
            "kind": entry.outline.kind,
            "status": "updated" if entry.record else "imported",
            "reason": "",
            "content_hash": entry.changed.fingerprint if entry.changed else "",
            "article_id": article.id,
            "article_version": article.version,
            "slug": article.slug,
            "published_at": self._date(entry),
        }

    async def _keep(self, rows: list[dict[str, Any]]) -> None:
        if self._job_id is not None and rows:
            await self._imports.keep(self._job_id, self._choices.source, rows)
