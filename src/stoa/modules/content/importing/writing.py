"""Writes prepared articles and the records of their import, in the caller's transaction. Spares what was edited."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.schemas import ArticleDraft, SavedArticle
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.users.service import UserService

from .choices import Choices
from .items import Row
from .preparing import Prepared
from .repository import ImportRepository, Record

_DELETED = "deleted here since the import"
_EDITED = "edited here since the import"


class Writer:
    """One batch at one time."""

    def __init__(
        self, session: AsyncSession, choices: Choices, *, job_id: UUID | None, slugs: Mapping[str, str], now: datetime
    ) -> None:
        self._articles = ArticleService(session)
        self._users = UserService(session)
        self._imports = ImportRepository(session)
        self._choices = choices
        self._job_id = job_id
        self._slugs = slugs
        self._now = now
        self._authors: dict[str | None, UUID] = {}

    async def write(self, batch: Sequence[Prepared], records: Mapping[str, Record]) -> list[Row]:
        """Write what is new or changed in the source and not changed here; a row for each."""
        refused = await self._refused(batch, records)
        wanted = [item for item in batch if item.key not in refused]
        rows = [Row(key, "skipped", reason, slug=records[key].slug) for key, reason in refused.items()]
        if not self._choices.is_trial:
            drafts = [await self._draft(item, records.get(item.key)) for item in wanted]
            saved = await self._articles.save_many(drafts, learn_words=False)
            await self._keep([self._saved(*one, records) for one in zip(wanted, saved, strict=True)])
            slugs = {item.key: article.slug for item, article in zip(wanted, saved, strict=True)}
        else:
            slugs = dict(self._slugs)
        for item in wanted:
            outcome: Literal["updated", "imported"] = "updated" if item.key in records else "imported"
            rows.append(
                Row(item.key, outcome, title=item.article.title, slug=slugs[item.key], warnings=self._warnings(item))
            )
        return rows

    async def _refused(self, batch: Sequence[Prepared], records: Mapping[str, Record]) -> dict[str, str]:
        """Why articles are left as they are: somebody's work here outweighs the source."""
        before = {item.key: records[item.key] for item in batch if item.key in records}
        versions = await self._articles.versions([one.article_id for one in before.values() if one.article_id])
        refused = {}
        for key, record in before.items():
            if record.article_id is None or record.article_id not in versions:
                refused[key] = _DELETED
            elif versions[record.article_id] != record.article_version:
                refused[key] = _EDITED
        return refused

    async def _draft(self, item: Prepared, record: Record | None) -> ArticleDraft:
        article = item.article
        date = self._date(item, record)
        is_draft = article.is_draft or self._choices.status == "draft"
        is_future = date > self._now
        slug = record.slug if record else self._slugs[item.key]
        return ArticleDraft(
            id=record.article_id if record else None,
            slug=slug,
            title=article.title,
            body=item.changed.body,
            rendered=item.rendered,
            excerpt=article.excerpt,
            summary=article.summary,
            cover_url=item.changed.cover_url,
            cover_alt=article.cover_alt,
            author_id=await self._author(article.author),
            status="draft" if is_draft else "scheduled" if is_future else "published",
            publish_at=date if is_future and not is_draft else None,
            published_at=None if is_draft or is_future else date,
            updated_at=self._updated_at(item, record, date),
            language=article.language or self._choices.language,
            canonical_url=article.canonical_url,
            tags=article.tags,
            redirects_from=[path for path in article.old_paths if path != f"/articles/{slug}"],
        )

    def _date(self, item: Prepared, record: Record | None) -> datetime:
        """As the source says; else as it was at the first import; else the file's time, which may not lie ahead."""
        kept = record.published_at if record else None
        return item.article.published_at or kept or min(item.article.file_time or self._now, self._now)

    def _updated_at(self, item: Prepared, record: Record | None, date: datetime) -> datetime:
        said = item.article.updated_at or (self._now if record else date)
        return min(max(said, date), self._now)

    async def _author(self, name: str | None) -> UUID:
        wanted = None if self._choices.author else name or self._choices.default_author
        if wanted not in self._authors:
            user = await (
                self._users.ensure_author(wanted) if wanted else self._users.author(self._choices.author or "")
            )
            self._authors[wanted] = user.id
        return self._authors[wanted]

    def _warnings(self, item: Prepared) -> tuple[str, ...]:
        date = item.article.published_at
        ahead = date is not None and date > self._now and not item.article.is_draft
        warnings = item.changed.warnings
        return (*warnings, f"it goes out on {date:%Y-%m-%d}, the date it has") if ahead else warnings

    def _saved(self, item: Prepared, article: SavedArticle, records: Mapping[str, Record]) -> dict[str, Any]:
        return {
            "key": item.key,
            "status": "updated" if item.key in records else "imported",
            "reason": "",
            "content_hash": item.changed.fingerprint,
            "article_id": article.id,
            "article_version": article.version,
            "slug": article.slug,
            "published_at": self._date(item, records.get(item.key)),
        }

    async def _keep(self, rows: list[dict[str, Any]]) -> None:
        if self._job_id is not None:
            await self._imports.keep(self._job_id, self._choices.source, rows)
