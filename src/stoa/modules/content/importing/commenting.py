"""Writes the comments of one article, in the caller's transaction. Spares what was edited or deleted here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments

from .choices import Choices
from .foreword import Known
from .items import Outcome, Row, SourceComment
from .preparing import Entry, PreparedComment
from .repository import ImportRepository

_SHOWN = 80


class CommentWriter:
    """Answers a row for each comment of the source."""

    def __init__(
        self, session: AsyncSession, choices: Choices, known: Known, *, job_id: UUID | None, now: datetime
    ) -> None:
        self._comments = ImportedComments(session)
        self._imports = ImportRepository(session)
        self._choices = choices
        self._known = known
        self._job_id = job_id
        self._now = now

    async def write(self, entry: Entry, article_id: UUID | None, *, is_failed: bool) -> list[Row]:
        """The comments below `article_id`; None says that there is no such article here."""
        if not entry.comments:
            return []
        if article_id is None and (is_failed or not self._choices.is_trial):
            reason = "its article was not imported" if is_failed else "its article was deleted here since the import"
            return [_row(one, "skipped", reason) for one in entry.comments]
        versions = await self._comments.versions(
            [c.record.comment_id for c in entry.comments if c.record and c.record.comment_id]
        )
        rows = [self._fate(one, versions) for one in entry.comments]
        if article_id is not None and not self._choices.is_trial:
            await self._save(article_id, entry.comments, rows)
        return rows

    def _fate(self, one: PreparedComment, versions: Mapping[UUID, int]) -> Row:
        if one.fault:
            return _row(one, "failed", one.fault)
        record = one.record
        if record is None:
            return _row(one, "imported")
        if one.rendered is None:
            return _row(one, "unchanged")
        if record.comment_id is None or record.comment_id not in versions:
            return _row(one, "skipped", "deleted here since the import")
        if versions[record.comment_id] != record.version:
            return _row(one, "skipped", "edited here since the import")
        return _row(one, "updated")

    async def _save(self, article_id: UUID, comments: Sequence[PreparedComment], rows: Sequence[Row]) -> None:
        if not any(row.outcome in {"imported", "updated"} for row in rows):
            return
        there = [
            self._made(one, is_changed=row.outcome == "updated")
            for one, row in zip(comments, rows, strict=True)
            if row.outcome == "imported" or (one.record and one.record.comment_id)
        ]
        ids = await self._comments.save(article_id, there)
        kept: list[dict[str, Any]] = [
            {
                "key": one.record_key, "kind": "comment", "status": row.outcome, "reason": "",
                "content_hash": one.fingerprint, "comment_id": ids[one.comment.key],
                "article_version": one.record.version + 1 if one.record else 1, "article_id": article_id,
            }
            for one, row in zip(comments, rows, strict=True)
            if row.outcome in {"imported", "updated"}
        ]  # fmt: skip
        if self._job_id is not None:
            await self._imports.keep(self._job_id, self._choices.source, kept)

    def _made(self, one: PreparedComment, *, is_changed: bool) -> ImportedComment:
        comment = one.comment
        return ImportedComment(
            key=comment.key,
            parent_key=comment.parent,
            known_id=one.record.comment_id if one.record else None,
            author_id=self._account(comment),
            guest_name=comment.author,
            guest_url=comment.author_url,
            body=comment.body,
            rendered=one.rendered if is_changed or one.record is None else None,
            created_at=min(comment.created_at or self._now, self._now),
            edited_at=comment.edited_at,
            status=comment.status,
        )

    def _account(self, comment: SourceComment) -> UUID | None:
        return self._known.author_of(comment.account) if comment.account else None


def _row(one: PreparedComment, outcome: Outcome, reason: str = "") -> Row:
    words = " ".join(one.comment.body.split())
    title = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    return Row(one.comment.key, outcome, reason, title=title, kind="comment")
